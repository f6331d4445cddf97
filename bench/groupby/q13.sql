-- Q13: sum and count by n integers, every row a group.
SELECT COUNT(*) AS n, MAX(id9) AS id9, SUM(v3) AS total, MAX(v3) AS most, SUM(c) AS c
FROM (SELECT id9, SUM(v3) AS v3, COUNT(*) AS c FROM x GROUP BY id9) g;
