-- Q10: sum and count by six columns, nearly every row a group.
SELECT COUNT(*) AS n, MAX(id1) AS id1, MAX(id2) AS id2, MAX(id3) AS id3, MAX(id4) AS id4, MAX(id5) AS id5, MAX(id6) AS id6,
    SUM(v3) AS total, MAX(v3) AS most, SUM(c) AS c
FROM (SELECT id1, id2, id3, id4, id5, id6, SUM(v3) AS v3, COUNT(*) AS c FROM x GROUP BY id1, id2, id3, id4, id5, id6) g;
