-- Q8: the two largest by n/100 integers.
SELECT COUNT(*) AS n, MAX(id6) AS id6, SUM(v3) AS total, MIN(v3) AS least
FROM (SELECT id6, v3 FROM x QUALIFY ROW_NUMBER() OVER (PARTITION BY id6 ORDER BY v3 DESC) <= 2) g;
