@a := select 1; @b table(x bigint, y string) := select x, y from @a; @n bigint := 1; @m := @n + 1; @c := (select 1); @d := (select 1) + 1

@a := cache on select 1; @a cache on := select a from t; @`my var` := 1; @end := 2; select @end, @`my var`, @f(1, @a), @g() from @t, @u as u(a, b), @v w

if @a > 1 begin insert into t select 1; insert into t select 2; end else insert into t select 3; select 1

if (select count(*) from t) > 0 begin if a() begin @a := 1 end end else if true begin end else begin loop @i from 1 to @n begin select @i; end end

if true @a := 1; else @a := 2; loop @i from 1 to 10 begin @a := @a + @i; end

create sql function f(@a bigint) as @a + 1; create or replace function if not exists p.f(@a bigint, @b string = 'x') returns string as concat(@a, @b)

create temporary function f() as 1; function f(@a any, @g function(bigint, any) returns string) returns any as @g(@a, 1)

create function f(@a array<bigint>) returns @r bigint comment 'sums' as begin @t := @a[0]; @r := @t + 1; end

create sql function f(@x bigint) as transform(array(@x), function(@y bigint) as @y + @x)

drop function if exists p.f; desc function f; list functions; show functions

create view v(@a table(x string, y any), @b bigint = 3) returns @r table(x string) as select x from @a where y > @b

create view v(@a table(*)) returns @r table(x string) as begin @t := select x from @a; @r := select x from @t; end

select a from v(t, 3) x, v(@t, 3), v(p.t)

create function f /* ERROR "0130401.*functions written in Java" */ as 'c' using 'a.jar'
