-- One table. With n rows: id1, id2, id4 and id5 have 100 values each, id3 and id6 n/100,
-- id7 and id8 n/10, and each row has an id9 of its own.
CREATE TABLE IF NOT EXISTS x (
    id1 STRING,
    id2 STRING,
    id3 STRING,
    id4 INT,
    id5 INT,
    id6 INT,
    id7 BIGINT,
    id8 STRING,
    id9 BIGINT,
    v1 INT,
    v2 INT,
    v3 DOUBLE);
