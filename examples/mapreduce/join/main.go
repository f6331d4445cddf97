// Join joins two tables on their key: both are mapped to the same key with a tag
// that puts the rows of the left table before those of the right one.
//
//	bixi sql -e "create table users (id bigint, name string); create table visits (user_id bigint, page string);
//	             create table seen (id bigint, name string, page string)"
//	bixi mr run ./join users visits seen
package main

import (
	"errors"
	"iter"

	"github.com/bixidata/bixi/mapreduce"
)

type user struct {
	ID   int64
	Name string
}

type visit struct {
	User int64 `bixi:"user_id"`
	Page string
}

type seen struct {
	ID   int64
	Name string
	Page string
}

// tagged is the key: rows with the same ID meet, users first.
type tagged struct {
	ID  int64
	Tag int8
}

const (
	tagUser int8 = iota
	tagVisit
)

// side is a row of either table: exactly one field is set.
type side struct {
	Name, Page *string
}

func main() { mapreduce.Main(job) }

func job(args []string) (*mapreduce.Job, error) {
	if len(args) != 3 {
		return nil, errors.New("usage: join USERS VISITS OUTPUT")
	}
	return mapreduce.MapReduce[tagged, side, seen]{
		Name: "join",
		Inputs: []mapreduce.Input[tagged, side]{
			mapreduce.Read(args[0], mapreduce.MapFunc(func(_ *mapreduce.Context, u user, emit func(tagged, side)) error {
				emit(tagged{u.ID, tagUser}, side{Name: &u.Name})
				return nil
			})),
			mapreduce.Read(args[1], mapreduce.MapFunc(func(_ *mapreduce.Context, v visit, emit func(tagged, side)) error {
				emit(tagged{v.User, tagVisit}, side{Page: &v.Page})
				return nil
			})),
		},
		Reducer: mapreduce.ReduceFunc(match),
		GroupBy: []string{"id"},
		Output:  mapreduce.Table{Name: args[2]},
	}.Job()
}

// match gives each visit with each user of its id; only users are held.
func match(_ *mapreduce.Context, key tagged, rows iter.Seq[side], emit func(seen)) error {
	var names []string
	for r := range rows {
		if r.Name != nil {
			names = append(names, *r.Name)
			continue
		}
		for _, n := range names {
			emit(seen{key.ID, n, *r.Page})
		}
	}
	return nil
}
