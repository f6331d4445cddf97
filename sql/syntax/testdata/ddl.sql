create table t (a bigint, b string)

create table if not exists p.s.t (
  a bigint not null default 1 + 2 comment 'the a',
  b decimal(10, 2) comment "b" not null,
  c varchar(10) default 'x',
  d char(3) null,
  e array<struct<`x y`:int comment 'in', z string>>,
  f map<string, array<double>>,
  g timestamp_ntz, h json, i double precision, j decimal, k numeric(5), l datetime, m binary, n interval_day_time,
  o struct<p: int not null comment 'q'>,
  date date, timestamp timestamp, comment string comment 'c',
  primary key (a, b)
) comment 'a table' partitioned by (pt string comment 'day', hh int) tblproperties ('k' = 'v', "transactional"="true") lifecycle 30

create external table t (a int primary key) stored as parquet location 'file:/x'

create table t (a bigint) clustered by (a, b) sorted by (a asc, b desc) into 16 buckets

create table t (a bigint) range clustered by (a) into 4 buckets comment 'late'

create table t (a datetime) auto partitioned by (trunc_time(a, 'day') as pt)

create table t (a datetime) auto partitioned by (trunc_time(a, 'day')); create temporary table u (a int)

create table t as select * from u

create table if not exists t lifecycle 3 as (select 1) union all (select 2)

create or replace table t as with a as (select 1) select * from a

create table t like p.u lifecycle 5

create table t (a int, constraint pk primary key (a))

create view v as select 1

create or replace view v (a comment 'x', b) comment 'view' as select 1, 2 union all select 3, 4

create view if not exists p.v tblproperties ('a'='b') as select * from t

create schema s; create schema if not exists p.s comment 'x'; create project q

drop table t; drop table if exists p.t purge; drop view if exists v; drop schema s; drop function f; drop project if exists q

truncate table t; truncate table p.t partition (a = 'x'), partition (a = 'y')

alter table t rename to u; alter view v rename to w

alter table t changeowner to 'me'; alter table t changeowner to me

alter table t set comment 'new'; alter table t set lifecycle 10; alter table t enable lifecycle

alter table t partition (pt = '1') disable lifecycle

alter table t set tblproperties ('a' = 'b', 'c' = 'd'); alter table t unset tblproperties if exists ('a', 'b')

alter table t touch; alter table t touch partition (pt = 'x')

alter table t add partition (pt = '1'); alter table t add if not exists partition (pt = '1', hh = 2) partition (pt = '2', hh = -1)

alter table t drop partition (pt = '1'); alter table t drop if exists partition (pt = '1'), partition (pt = '2') purge

alter table t drop partition (pt <= '20240101' and pt > '2020'); alter table t drop partition (pt < '1', hh = 2)

alter table t partition (pt = '1') rename to partition (pt = '2')

alter table t add columns (a bigint comment 'x', b string); alter table t add column c int; alter table t add columns if not exists (d int)

alter table t drop columns a, b; alter table t drop column (c)

alter table t rename column a to b; alter table t change column a rename to b

alter table t change a b bigint; alter table t change column a a string comment 'x' first; alter table t change column a b int after c

alter table t change column a comment 'x'; alter table t change a null; alter table t change column column rename to b

alter view v as select 1

analyze table t compute statistics; analyze table p.t partition (pt = '1') compute statistics for columns (a, b)

analyze table t delete statistics; analyze table t compute statistics for columns

create external table t stored as parquet location '/data/t'

create table t (a int, constraint pk primary key (a), b string)

truncate table t columns (a, b); truncate table t partition (pt = '1') columns (a)

alter table t replace columns (a int, b string comment 'x'); alter table t partition column (pt bigint)

alter table t clustered by (a) sorted by (a) into 4 buckets; alter table t range clustered by (a); alter table t not clustered; alter table t not sorted

alter table t merge smallfiles; alter table t partition (pt = '1') merge smallfiles; alter table t compact major; alter table t partition (pt = '1') compact minor

alter table t merge if exists partition (pt = '1'), partition (pt = '2') overwrite partition (pt = '3') purge

alter table t merge partition (pt > '1' and pt < '5') overwrite partition (pt = '3')

alter table t exchange partition (pt = '1') with table p.u

alter table t set location '/x'; alter table t partition (pt = '1') touch

alter table t add constraint pk primary key (a, b) disable novalidate rely; alter table t add primary key (a); alter table t drop constraint pk; alter table t drop primary key

create materialized view m as select 1; create materialized view if not exists p.m lifecycle 3 build deferred (a comment 'x', b) disable rewrite comment 'c' partitioned on (b) clustered by (a) into 4 buckets tblproperties ('k'='v') as select * from t

alter materialized view m rebuild; alter materialized view m rebuild partition (a = '1'), partition (a = '2'); alter materialized view m enable rewrite; alter materialized view m disable rewrite

alter materialized view m rename to n; alter materialized view m set lifecycle 3; drop materialized view if exists m

alter view v change column a comment 'x'; alter view v set tblproperties ('a' = 'b')

clone table t to u; clone table p.t partition (a = '1'), partition (a = '2') to q.u if exists overwrite; clone table t to u if exists ignore

restore table t to lsn '5'; restore table t to version as of 5; restore table t to timestamp as of '2024-01-01 00:00:00'

msck repair table t; msck table t add partitions; msck repair table t drop partitions

alter schema s changeowner to 'me'; alter schema p.s set comment 'x'

analyze table t compute statistics for columns (a, (b, c))

select count, cost, sql, history from restore

create external table t (a int) row format delimited fields terminated by '|' null defined as 'x' stored as textfile location '/x'; create external table t (a int) partitioned by (p int) stored by 'com.aliyun.odps.CsvStorageHandler' with serdeproperties ('a'='b') location '/x' tblproperties ('a'='b')
