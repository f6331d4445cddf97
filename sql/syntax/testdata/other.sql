show tables; show tables in p; show tables in p like 'a*'; show tables like ''; show views; show functions; show functions like 'x*'

show partitions t; show partitions p.t partition (pt = '1', hh = 2); show create table t; show columns from t; show columns t

show schemas; show schemas in p; show projects; show tblproperties t; show flags; show p; show jobs; show instances; show statistic t

desc t; describe p.t; desc extended t; desc extended t partition (pt = '1'); desc table t; desc function f; desc function extended f

desc extended function f; desc schema s; desc function; desc extended; desc schema; desc extended schema

explain select 1; explain analyze select a from t; explain extended insert into t select 1; explain analyze table t compute statistics

explain formatted from t insert into a select 1 insert into b select 2

use p; use p.s; use schema s; use schema

set; set odps.sql.type.system.odps2=true; set a = b 'c" /* -- x ; select 1

set a=; set odps.sql.timezone; SET x=1\;2; unset a.b.c; set

show materialized views; show external tables in p like 'a*'; show history for table t; show history for table t partition (a = '1'); show recyclebin

show statistic t; show statistic t partition (a = '1') columns; count t; count p.t partition (pt = '1')

cost sql select * from t; cost sql insert into t select 1
