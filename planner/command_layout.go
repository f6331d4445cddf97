package planner

import (
	"strconv"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// clustering checks a CLUSTERED BY over the columns of a table.
func (st *statement) clustering(c *syntax.Clustering, cols []table.Column) (*table.Clustering, error) {
	if c == nil {
		return nil, nil
	}
	out := &table.Clustering{Range: c.Range}
	known := func(id syntax.Ident) (string, error) {
		if columnIndex(cols, id.Name) < 0 {
			return "", diag.Errorf(diag.CodeSemantic, id.Pos(), "there is no column %s to cluster by", id.Name)
		}
		return strings.ToLower(id.Name), nil
	}
	for _, id := range c.Columns {
		name, err := known(id)
		if err != nil {
			return nil, err
		}
		out.Columns = append(out.Columns, name)
	}
	for _, s := range c.SortBy {
		ref, ok := s.Expr.(*syntax.ColumnRef)
		if !ok || len(ref.Parts) != 1 {
			return nil, diag.Errorf(diag.CodeSemantic, s.Pos(), "SORTED BY takes column names")
		}
		name, err := known(ref.Parts[0])
		if err != nil {
			return nil, err
		}
		out.Sort = append(out.Sort, table.SortColumn{Name: name, Desc: s.Desc})
	}
	switch n, err := strconv.Atoi(c.Buckets); {
	case c.Buckets == "" && !c.Range:
		return nil, diag.Errorf(diag.CodeSemantic, c.Pos(), "CLUSTERED BY needs INTO n BUCKETS")
	case c.Buckets != "" && (err != nil || n < 1 || n > maxBuckets):
		return nil, diag.Errorf(diag.CodeSemantic, c.Pos(), "a table can have 1 to %d buckets, not %s", maxBuckets, c.Buckets)
	default:
		out.Buckets = n
	}
	return out, nil
}

// maxBuckets is the limit of INTO n BUCKETS.
const maxBuckets = 4000

func (st *statement) clusteringChange(t *table.Table, a *syntax.AlterClustering) ([]table.Change, error) {
	if t.Kind() != table.KindTable {
		return nil, diag.Errorf(diag.CodeSemantic, a.Pos(), "a %s has no clustering of its own", t.Kind())
	}
	switch {
	case a.Cluster != nil:
		c, err := st.clustering(a.Cluster, t.Columns)
		return []table.Change{{Cluster: c}}, err
	case a.NotSorted && t.Cluster != nil:
		c := *t.Cluster
		c.Sort = nil
		return []table.Change{{Cluster: &c}}, nil
	case a.NotSorted:
		return nil, nil
	}
	return []table.Change{{Cluster: &table.Clustering{}}}, nil
}

func (st *statement) addPrimaryKey(t *table.Table, a *syntax.AddPrimaryKey) ([]table.Change, error) {
	if len(t.PrimaryKey) > 0 {
		return nil, diag.Errorf(diag.CodeDDLFailed, a.Pos(), "%s has a primary key already", t.Name)
	}
	for _, o := range a.Options {
		if o == "ENABLE" || o == "VALIDATE" {
			return nil, diag.Errorf(diag.CodeUnsupported, a.Pos(), "a primary key that is added to rows there are is not checked").
				WithHint("write DISABLE NOVALIDATE")
		}
	}
	key := &table.PrimaryKey{Name: strings.ToLower(a.Constraint.Name)}
	for _, id := range a.Columns {
		i := columnIndex(t.Columns, id.Name)
		if i < 0 {
			return nil, hasColumn(&table.Table{Name: t.Name, Columns: t.Columns}, id)
		}
		if !t.Columns[i].Required {
			return nil, diag.Errorf(diag.CodeDDLFailed, id.Pos(), "%s can be NULL and cannot belong to a primary key", id.Name)
		}
		key.Columns = append(key.Columns, t.Columns[i].Name)
	}
	return []table.Change{{PrimaryKey: key}}, nil
}

func dropConstraint(t *table.Table, a *syntax.DropConstraint) ([]table.Change, error) {
	if len(t.PrimaryKey) == 0 || !a.Name.IsZero() && !strings.EqualFold(a.Name.Name, t.PrimaryKeyName) {
		what := "primary key"
		if !a.Name.IsZero() {
			what = "constraint " + a.Name.Name
		}
		return nil, diag.Errorf(diag.CodeDDLFailed, a.Pos(), "%s has no %s", t.Name, what)
	}
	return []table.Change{{PrimaryKey: &table.PrimaryKey{}}}, nil
}
