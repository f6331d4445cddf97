-- Q2: sum by 10 k pairs of strings.
SELECT COUNT(*) AS n, MIN(id1) AS id1, MAX(id2) AS id2, SUM(v1) AS total, MAX(v1) AS most
FROM (SELECT id1, id2, SUM(v1) AS v1 FROM x GROUP BY id1, id2) g;
