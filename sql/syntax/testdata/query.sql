select 1; select 2

select all a from t

select distinct a, b from t as x

select /*+ mapjoin(a, b), skewjoin(t(c1)((v1))) */ a from t

SELECT /*+ DISTMAPJOIN(t(shard_count=5,replica_count=2)) broken( */ a FROM t

/* leading comment */ select /* not a hint */ a -- the end
from t -- a table

select a from t where a > 1 group by a, b having count(*) > 1 order by a desc nulls first, b asc nulls last limit 10 offset 5

select a from t limit 5, 10

select a from t offset 3

select a from t distribute by a, b sort by a desc, b

select a from t cluster by a

select a, b from t group by grouping sets ((a, b), a, (), rollup(a, b)), c

select a, b from t group by rollup (a, (b, c)), cube(d)

select a, b from t group by a, b with rollup

select a from t group by a with cube having a > 1

select a from t group by ()

select a, row_number() over (partition by b order by c) rn from t qualify rn = 1

select * from a, b, c where a.x = b.x

select * from a join b on a.x = b.x inner join c using (x, y) left join d on true left outer join e on 1 = 1
right join f on x right outer join g on y full join h on z full outer join i on w cross join j
left semi join k on a.x = k.x left anti join l on a.x = l.x natural join m natural left join n

select * from a, b join c on b.x = c.x, d

select * from (a, b) join c on true

select * from a join (b join c on b.x = c.x) on a.x = b.x

select * from (a join b on true) join c on true

select * from a, (b, c), (d join e on x), ((f))

select * from (select 1 as x) t, (select 2) as u (a, b), (select 3)

select * from ((select 1) union all (select 2)) t

select * from ((select 1) t join u on true)

select * from ((select 1) order by 1 limit 1) t

select * from values (1, 'a'), (2, 'b') t(a, b)

select * from (values (1, 2), (3, 4)) as t (a, b) join u on t.a = u.a

values (1, 2), (3, 4)

values 1, 2

select * from t lateral view explode(a) x as y lateral view outer posexplode(b) z as i, v

select * from t lateral view explode(a) x as y join u on x.y = u.y

select * from (t lateral view explode(a) x as y), u

select * from t lateral view explode(a) x where y > 1

select * from t lateral view explode(a) x as k, v, (select 1) u

select * from t lateral view explode(a) x as k, v, p.u, w

select * from t lateral view explode(a) x as k, u as v, f(1) g

select * from t pivot (sum(x) for y in (1, 2))

select * from t a pivot (sum(x) as s, max(x + 1) m for a.y in ('Q1' as one, 'Q2' two, null as 'none', 2 + 1)) as p (c, d) where p.c > 1

select * from (select 1) q pivot (count(*) for (y, z) in ((1, 'a') as k, (2, 'b'))) p pivot (max(k) for v in (1)), u

select * from a join b pivot (sum(x) for y in (1)) p on a.x = p.x

select * from (a join b on a.x = b.x) pivot (sum(x) for y in (1)) lateral view explode(z) w as v

select * from (a lateral view explode(x) e as f) unpivot (v for n in (b))

select * from t lateral view explode(a) x as y, z pivot (sum(y) for z in (1)) p join u on p.a = u.a unpivot (v for n in (a))

select * from t unpivot (v for n in (a, b as 'B', c `C`)) u

select * from t unpivot include nulls ((v, w) for n in ((a, b) as 'ab', (t.c, d))) as u (k, n, v, w)

select * from f(1) t unpivot exclude nulls (v for n in (a))

select pivot, unpivot, include, reduce(a, b) from t

select transform(a, b + 1) using 'cat'

select transform(*) row format delimited fields terminated by ',' lines terminated by '\n' null defined as '-' using 'python x.py "a b"' resources 'r1', 'r2' as (a, b bigint, c:array<string>) row format delimited fields terminated by '|' from t where x > 1 limit 3

select transform(t.*) using 'cat' as a, b string from t

from (select a from t) q map a, b using 'cat' as x where a > 1

from t reduce q.* using 'cat' as (x int)

select map from t map where map.a = 1

select transform(a, x -> x), transform from t reduce

select * from t lateral view proj:f(a) x as (b, c)

select explode(m) as (k, v) from t

select * from explode(array(1, 2)) as t (x), table(f(1)) u, proj:g(2)

select * from a tablesample (bucket 1 out of 10 on x, y) b join c tablesample (5.5 percent), d tablesample (10 rows),
(select 1) e tablesample (100M)

select * from p.t, p.s.t, `my proj`.`my table` `x y`

select * from t version as of 5, u timestamp as of '2020-01-01' v

select version.a from version, timestamp

from t select a where b

from t where b group by a having c select a order by a limit 1

from a join b on a.x = b.x select a.x union all from c select y

select 1 union select 2 union all select 3 intersect select 4 intersect all select 5 except select 6 minus all select 7 except distinct select 8

select 1 union all (select 2 union all select 3) union all (select 4 limit 1) order by 1 limit 5

(select 1) union (select 2)

((select 1))

(select 1 order by 1) limit 1

(select a from t limit 1) union all (select b from u order by b) limit 3

with a as (select 1), b (x, y) as (select 1, 2) select * from a join b

with recursive r(n) as (select 1 union all select n + 1 from r where n < 10) select * from r

with a as (with b as (select 1) select * from b) (select * from a limit 1) union all select 2

select * from (with a as (select 1) select * from a) t

select a from t where exists (with x as (select 1) select * from x)

select * except (a) from t except (select 1)

select * except (select 1)

select （1，2）；select 3
