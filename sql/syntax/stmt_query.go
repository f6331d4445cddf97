package syntax

// QueryStatement is a query whose rows go to the client.
type QueryStatement struct {
	Source
	Query *Query
}
