package store

import "time"

// Database is the record of one D1 database; its rows are the runtime's.
type Database struct {
	UUID            string    `json:"uuid"`
	Name            string    `json:"name"`
	CreatedAt       time.Time `json:"created_at"`
	Jurisdiction    string    `json:"jurisdiction,omitempty"`
	ReplicationMode string    `json:"replication_mode,omitempty"`
}
