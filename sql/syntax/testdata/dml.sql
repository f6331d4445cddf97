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

UPDATE t SET a = 1

update p.t x partition (ds='1') set x.a = b + 1, (b, c) = (1, 'x') where a > (select max(a) from u)

UPDATE t AS x SET (a, b) = (SELECT 1, 2) FROM u JOIN v ON u.k = v.k WHERE x.k = u.k;

UPDATE t PARTITION (ds = '1') x SET a = CASE WHEN a > 1 AND b THEN 1 END

delete from t

DELETE FROM p.t x PARTITION (ds = '1') WHERE x.a IN (1, 2) OR EXISTS (SELECT 1 FROM u WHERE u.a = x.a)

MERGE INTO t x USING s y ON x.k = y.k AND x.ds = '1'
WHEN MATCHED AND y.op = 'd' THEN DELETE
WHEN MATCHED THEN UPDATE SET x.a = y.a, b = DEFAULT_VALUE(1)
WHEN NOT MATCHED BY TARGET AND y.op <> 'd' THEN INSERT (k, a) VALUES (y.k, y.a)
WHEN NOT MATCHED BY SOURCE AND x.a < 0 THEN UPDATE SET a = 0
WHEN NOT MATCHED BY SOURCE THEN DELETE

merge into t using (select 1 k union all select 2) as s on t.k = s.k when not matched then insert values (s.k, 1, 'x')

MERGE INTO t USING s ON t.k = s.k WHEN MATCHED THEN /* ERROR "INSERT needs WHEN NOT MATCHED" */ INSERT VALUES (1)

MERGE INTO t USING s ON t.k = s.k WHEN NOT MATCHED THEN /* ERROR "takes INSERT" */ DELETE

UPDATE t SET (a, b) = /* ERROR "3 values are given for 2 columns" */ (1, 2, 3)

LOAD OVERWRITE TABLE t PARTITION (ds = '1') FROM LOCATION 'dir' STORED AS PARQUET

LOAD INTO TABLE p.t FROM LOCATION '/a/b.csv' ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY ',' MAP KEYS TERMINATED BY ':' LINES TERMINATED BY '\n' NULL DEFINED AS 'null' STORED AS TEXTFILE PROPERTIES ('x' = 'y')

LOAD INTO TABLE t FROM LOCATION 'x' STORED BY 'com.aliyun.odps.CsvStorageHandler' WITH SERDEPROPERTIES ('a' = 'b', 'c' = 'd')

LOAD INTO TABLE t FROM LOCATION 'x' ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('a' = 'b') STORED AS TEXTFILE

UNLOAD FROM t PARTITION (ds = '1') INTO LOCATION 'dir' STORED AS PARQUET PROPERTIES ('compression' = 'zstd')

UNLOAD FROM (SELECT a, b FROM t WHERE a > 1) INTO LOCATION 'dir' ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' STORED AS TEXTFILE

READ t

READ p.t (a, b) PARTITION (ds = '1') 10

INSERT OVERWRITE DIRECTORY 'dir' SELECT * FROM t

INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE SELECT a FROM t

INSERT OVERWRITE TABLE t SELECT a, b FROM u ZORDER BY (a, b)

FROM u INSERT OVERWRITE TABLE t SELECT a, b ZORDER BY a INSERT INTO v SELECT a
