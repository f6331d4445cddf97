select 1, 1Y, 2s, 3L, 3.14, 3.14F, 3.14d, 3.5BD, 1E7, 1e-7D, .5, 1., 12345678901234567890;

select 'a', "a", 'it\'s', "say \"hi\"", 'tab\tnew\nret\rbell\bzero\0sub\Zsemi\;back\\', 'A is \101', 'unknown \x';

select 'a' 'b' "c", r'raw \n', R"raw", X'616263', x'1', X'';

select DATE'2017-11-11', DATETIME'2017-11-11 00:00:00', TIMESTAMP'2017-11-11 00:00:00.123456789',
  TIMESTAMP_NTZ '2017-11-11 00:00:00', json '{"a":1}';

select INTERVAL '1' DAY, INTERVAL 1 DAY, interval 2 days, INTERVAL '2000-1' YEAR TO MONTH,
  INTERVAL '-1 23:59:59.999' DAY TO SECOND, interval -1 month, interval (a + 1) hour, interval x minute;

-- INTERVAL, DATE and other words as columns
select interval, interval + 1, interval - 1, date, timestamp, t.date, interval(1) from t where interval > date;

select TRUE, false, null, NULL is null, a is not null, a is true, a is not false, a is unknown;

select a, t.a, p.t.a, s.f.g.h, `a b`, `t`.`x``y`, 列, `select`;

select *, t.*, p.t.* from t;

select * except (a, b), t.* except (c) replace (d + 1 as d), * replace (upper(a) as a) from t;

select a + b * c - d / e % f div g mod h, a ^ b * c, - a + ~ b, +a, - - a, a || b || c, a & b | c;

select a = b, a == b, a != b, a <> b, a < b, a <= b, a > b, a >= b, a <=> b,
  a is distinct from b, a is not distinct from b, a = b = c;

select not a = b and c or d and not (e or f), (a and b) and c, a and (b or c), not not a, (not a) = b, a = not b;

select a between 1 and 2 and c, a not between b + 1 and (c and d), (a between 1 and 2) between 3 and 4;

select a in (1), a not in (1, 2, 'x'), (a, b) in ((1, 2), (3, 4)), a in (select b from t), (a, b) not in (select c, d from t),
  a in ((select 1)), a in ((select 1) union all (select 2)), a in ((select 1), 2);

select a like 'x%', a not like b || '%' escape '!', a like any ('a', 'b'), a not like all ('a'), a rlike '^x', a not regexp 'y';

select case a when 1 then 'x' when 2 then 'y' else 'z' end, case when a > 1 then b end, case when a then b else c end + 1;

select cast(a as bigint), cast('1' as decimal(10, 2)), cast(null as array<map<string, struct<a:int, b: array<double>>>>),
  bigint(a), string(b), double(c), date(d);

select f(), f(a), f(a, b, c), count(*), count(distinct a, b), count(all a), count(t.*), myproj:f(a), ::f(a), if(a, b, c), left(a, 1),
  replace(a, 'x', 'y'), map('k', 1), array(1, 2), mod(a, b);

select percentile(x, 0.5) within group (order by y desc nulls last) filter (where z > 0), sum(a) filter (where b),
  wm_concat(',', a) within group (order by b, c desc);

select row_number() over (partition by a, b order by c desc, d), sum(a) over (), sum(a) over w, sum(a) over (w order by b),
  sum(a) filter (where b) over (order by c rows between unbounded preceding and current row),
  sum(a) over (order by c range between interval '1' day preceding and 2 following),
  sum(a) over (order by c groups 3 preceding exclude current row),
  sum(a) over (order by c rows between current row and unbounded following exclude ties),
  sum(a) over (order by c rows unbounded preceding exclude group),
  sum(a) over (order by c rows 1 preceding exclude no others),
  first_value(a ignore nulls) over (order by b), last_value(a) ignore nulls over (order by b),
  lag(a respect nulls) over (partition by b order by c)
from t window w as (partition by a), v as (w order by b);

select extract(year from d), extract(days from d + 1), extract(dow from t.d);

select trim(a), trim(a, 'x'), trim(both 'x' from a), trim(leading from a), trim(trailing f(x) from b), trim(-a from b), trim(div from b), trim(::f(x) from y), trim('x' from a),
  trim(from a), trim(both), trim(both, 'x'), trim(both + 1), trim(both from a), trim(leading leading from leading);

select substring(a from 1), substring(a from 1 for 2), substring(a, 1, 2);

select a[0], a[0][1], m['k'].f, f(x)[1].g.h, (a).b, (a + b).c, (1).d, a[b[c[0]]], s.f[1].g, (select 1)[0];

select exists (select 1), not exists (select 1 from t), (select max(a) from t) + 1, f((select 1)), f(select 1);

select transform(a, x -> x + 1), reduce(a, 0, (s, x) -> s + x, s -> s), filter(a, x -> x -> y or z), (x -> 1) or 2;

select ((a)), ((a, b)), (((select 1))), ((select 1) + 1), ((select 1) union (select 2)), ((select 1) order by 1 limit 1);

select "a" || 'b' as "an alias", 1 'x', 2 as `select`, 3 total, 4 as left from t;

select left, right, full, first, last, `end`, key, value, comment, partition, location, day, month, year, rows, range from t;
