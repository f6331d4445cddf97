-- Q1: sum by 100 strings.
SELECT id1, SUM(v1) AS v1 FROM x GROUP BY id1;
