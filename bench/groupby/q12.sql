-- Q12: sum by n/10 strings.
SELECT COUNT(*) AS n, MAX(id8) AS id8, SUM(v1) AS total, MAX(v1) AS most
FROM (SELECT id8, SUM(v1) AS v1 FROM x GROUP BY id8) g;
