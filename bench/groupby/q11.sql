-- Q11: sum and mean by n/10 integers.
SELECT COUNT(*) AS n, MAX(id7) AS id7, SUM(v1) AS total, MAX(v1) AS most, SUM(v3) AS means, MAX(v3) AS highest
FROM (SELECT id7, SUM(v1) AS v1, AVG(v3) AS v3 FROM x GROUP BY id7) g;
