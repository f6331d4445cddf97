-- Q3: sum and mean by n/100 strings.
SELECT COUNT(*) AS n, MAX(id3) AS id3, SUM(v1) AS total, MAX(v1) AS most, SUM(v3) AS means, MAX(v3) AS highest
FROM (SELECT id3, SUM(v1) AS v1, AVG(v3) AS v3 FROM x GROUP BY id3) g;
