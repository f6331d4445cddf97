package kernel

import "time"

// Clock converts between instants and the wall-clock time of a zone, both in
// microseconds. It is not safe for concurrent use.
type Clock = clock

// NewClock makes a clock of the zone; nil means UTC.
func NewClock(zone *time.Location) *Clock { return newClock(zone) }

// Wall is the wall-clock time of an instant.
func (c *clock) Wall(instant int64) int64 { return c.wall(instant) }

// Instant is the instant of a wall-clock time; of two the earlier, and for a
// time that a clock change skips the one after the gap.
func (c *clock) Instant(wall int64) int64 { return c.instant(wall) }
