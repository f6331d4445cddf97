-- Q15: distinct integers, n/10 of them, by 10 k pairs of integers.
SELECT COUNT(*) AS n, MAX(id4) AS id4, MAX(id5) AS id5, SUM(c) AS total, MAX(c) AS most
FROM (SELECT id4, id5, COUNT(DISTINCT id7) AS c FROM x GROUP BY id4, id5) g;
