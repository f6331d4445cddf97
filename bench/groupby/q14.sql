-- Q14: distinct strings, n/100 of them, by 100 strings.
SELECT id2, COUNT(DISTINCT id3) AS n FROM x GROUP BY id2;
