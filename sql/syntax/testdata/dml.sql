insert into t select 1; insert into table t values (1, 'a'), (2, null); insert overwrite t select * from u

insert overwrite table p.t partition (pt = '20240101', hh) select a, b from u

insert into t partition (pt) (a, b, pt) values (1, 2, 'x')

insert into t (a, `b c`) select 1, 2

insert into t (select 1) union all (select 2)

insert into t partition (pt = 'a' || 'b') with a as (select 1) select * from a

with a as (select 1), b as (select 2) insert overwrite table t select * from a, b

from src
insert overwrite table a partition (pt = '1') select x, y where x > 1
insert into table b select x group by x limit 10
insert into c (d) select y

with s as (select 1) from s join u on true insert into a select * insert into b select *

from t insert into a select 1
