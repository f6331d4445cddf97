package embed

import (
	"context"

	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/meta"
)

// openCatalog opens the catalog in the warehouse.
func openCatalog(ctx context.Context, cfg Config) (table.Catalog, error) {
	return meta.Open(ctx, meta.Config{Warehouse: cfg.Warehouse, Files: cfg.Files, Clock: cfg.Clock, Unsynced: cfg.Unsynced})
}
