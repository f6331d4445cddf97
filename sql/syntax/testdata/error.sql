/* ERROR "found \"selct\", expected a statement.*did you mean SELECT" */ selct 1

select a /* ERROR "found END, expected the end of the statement" */ end

select a form /* ERROR "found \"t\", expected the end.*did you mean FROM" */ t

select a from t wehre /* ERROR "did you mean WHERE" */ a = 1

select a from t group /* ERROR "found ORDER, expected BY" */ order by a

create table t (/* ERROR "found the end" */

select a from t group /* ERROR "found \"bu\", expected BY.*did you mean BY" */ bu a

select a from t gruop /* ERROR "found BY, expected the end.*did you mean GROUP" */ by a

select /* ERROR "found FROM, expected an expression" */ from t

select a, /* ERROR "found FROM, expected an expression" */ from t

select a from /* ERROR "found WHERE, expected a table name.*reserved word" */ where b

select a as /* ERROR "found SELECT, expected an alias name.*reserved word.*backquotes" */ select from t

select * from t where a = /* ERROR "found the end of the text, expected an expression" */

select (1 + 2 /* ERROR "found the end of the text, expected \"\\)\"" */

select f(1, 2 /* ERROR "found FROM, expected \"\\)\"" */ from t

select a from t where a in /* ERROR "found 1, expected \"\\(\"|found \"1\", expected" */ 1

select a from t where a not /* ERROR "found NULL, expected BETWEEN, IN, LIKE or RLIKE" */ null

select a is /* ERROR "found \"x\", expected NULL, TRUE, FALSE or DISTINCT FROM" */ x

select case a /* ERROR "found END, expected WHEN" */ end

select case when a then b /* ERROR "found the end of the text, expected END" */

select cast(a /* ERROR "found \"\\)\", expected AS" */ )

select cast(a as /* ERROR "found \"bigit\", expected a type.*did you mean BIGINT" */ bigit)

select cast(a as /* ERROR "0130401.*the type VECTOR" */ vector)

select cast(a as decimal(/* ERROR "precision of a DECIMAL must be 1 to 38, not 39" */ 39))

select cast(a as decimal(/* ERROR "DECIMAL\\(3,5\\) has more decimals than digits" */ 3, 5))

select cast(a as varchar(/* ERROR "length must be 1 to 65535, not 99999" */ 99999))

select cast(a as varchar/* ERROR "found \"\\)\", expected \"\\(\"" */ )

select /* ERROR "malformed number 12abc" */ 12abc

select /* ERROR "malformed number 1.5L: the suffix L is for whole numbers" */ 1.5L

select /* ERROR "malformed number 0x1F" */ 0x1F

select a /* ERROR "unexpected character '\\$'" */ $ b

select 1 as x, /* ERROR "the string that begins here is not closed" */ 'abc

select /* ERROR "quoted name that begins here is not closed" */ `abc

select /* ERROR "a name must not be empty" */ ``

select 'abc/* ERROR "not a comment" */', 'x' as /* ERROR "found \"5\", expected an alias name" */ 5

select 1 as /* ERROR "a name must not be empty" */ ''

select /* ERROR "holds hexadecimal digits only" */ X'0G'

select 'x', 'octal /* */ \101', /* ERROR "found \"\\)\"" */ )

select * /* ERROR "found AS, expected the end" */ as x from t

select a from t limit 1 /* ERROR "UNION cannot follow ORDER BY or LIMIT.*hint: put the query before UNION in parentheses" */ union all select 2

select a from t union /* ERROR "found \"x\", expected a query" */ x

select a from t join b on /* ERROR "found the end of the text, expected an expression" */

select a from t natural /* ERROR "found \"b\", expected JOIN" */ b

select a from t left /* ERROR "found \"b\", expected JOIN" */ b

select a from a.b.c. /* ERROR "found the end of the text, expected a table name" */

select a from /* ERROR "at most three parts" */ a.b.c.d

select a from t pivot (sum(x) in (1)/* ERROR "expected FOR" */ )

select a from t pivot (sum(x) for y /* ERROR "expected IN" */ (1))

select a from t pivot (sum(x) for y in (/* ERROR "expected an expression" */ ))

select a from t unpivot (v for /* ERROR "expected a column name" */ (n) in (a))

select a from t unpivot /* ERROR "expected" */ include (v for n in (a))

select transform(a) using /* ERROR "expected a command in quotes" */ x from t

select transform(a) row format delimited fields terminated by /* ERROR "expected a string" */ 1 using 'x' from t

select transform(a) row format /* ERROR "0130401.*SERDE" */ serde 'x' using 'x' from t

from t map a /* ERROR "expected USING" */ where b

select java.lang.abs/* ERROR "0130401.*Java expressions" */ (x)

@a /* ERROR "expected a type" */ : = select 1

/* ERROR "0130401.*Not supported - LOCK TABLE" */ lock table t shared

/* ERROR "0130401.*permissions" */ grant select on t to u

select interval '1' /* ERROR "found \"fortnight\", expected an interval unit" */ fortnight

select interval /* ERROR "an interval of two units is written as a string" */ 5 year to month

select extract(/* ERROR "found \"foo\", expected a date part" */ foo from a)

select exists /* ERROR "EXISTS needs a subquery" */ (1)

select sum(a) over (order by b rows between 1 /* ERROR "found AND, expected PRECEDING or FOLLOWING" */ and 2 following)

select a from t tablesample (5 /* ERROR "found \"\\)\", expected PERCENT or ROWS" */ )

select a from t tablesample (/* ERROR "a sample size ends in B, K, M, G or T, not X" */ 5X)

create /* ERROR "found \"tabel\", expected TABLE, VIEW, FUNCTION or SCHEMA.*did you mean TABLE" */ tabel t (a int)

create table t /* ERROR "found the end of the text, expected columns in parentheses, AS or LIKE" */

create table t (a /* ERROR "found \"\\)\", expected a type" */ )

create table t (a /* ERROR "found \"itn\", expected a type.*did you mean INT" */ itn)

create table t (a int, /* ERROR "found SELECT, expected a column name.*reserved word" */ select int)

create table t (a int) lifecycle /* ERROR "found \"x\", expected a number of days" */ x

create table t (a int) /* ERROR "0130401.*SKEWED in CREATE TABLE" */ skewed by (a)

create table t (a int) /* ERROR "did you mean PARTITIONED" */ partitoned by (b string)

drop /* ERROR "found \"t\", expected TABLE" */ t

drop table /* ERROR "found the end of the text, expected a name" */

alter table t /* ERROR "found \"foo\", expected what to alter" */ foo

alter table t /* ERROR "0130401.*ARCHIVE" */ archive

alter table t compact /* ERROR "expected MAJOR or MINOR" */ slowly

alter materialized view m /* ERROR "expected REBUILD" */ refresh

clone table t to u if exists /* ERROR "expected OVERWRITE or IGNORE" */ merge

restore table t to /* ERROR "expected LSN" */ 5

alter table t add partition (/* ERROR "partition column pt needs a value" */ pt)

alter table t add partition (/* ERROR "a partition is named by column=value here, not by a condition" */ pt > '1')

insert /* ERROR "found \"t\", expected INTO or OVERWRITE" */ t select 1

insert into t /* ERROR "found the end of the text, expected SELECT or VALUES" */

insert into t partition (/* ERROR "not by a condition" */ pt > '1') select 1

with a as (select 1) insert into t /* ERROR "a WITH before INSERT and another" */ with b as (select 2) select 1

from a insert into b /* ERROR "SELECT without a FROM of its own" */ select * from c

from a insert into b /* ERROR "found VALUES, expected SELECT" */ values (1)

show /* ERROR "found \"tabels\", expected TABLES.*did you mean TABLES" */ tabels

explain /* ERROR "found EXPLAIN, expected a statement to explain" */ explain select 1

select 1; select 2; select /* ERROR "expected an expression" */ ; select 3

select 1
/* ERROR "not closed" */ /* an open comment

select a
from t
where 列 = 1 and
      "列" = /* ERROR "found AND, expected an expression" */ and b

select a from t where a = 1 /* ERROR "did you mean AND" */ an b = 2

select sum(a) ovr /* ERROR "did you mean OVER" */ (order by b)

select a/* ERROR "hint: a cast is written CAST" */ ::int from t
