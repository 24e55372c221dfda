package stacks

// Default is the fleet. To add a Worker, copy one of the blocks below, change
// its name and its entry, and run `make generate up`.
func Default() Fleet {
	return Fleet{
		Databases: []Database{
			{Name: "context-api", Migrations: "workers/context-api/migrations"},
			{Name: "watch", Migrations: "workers/watch/migrations"},
		},
		Workers: []Worker{
			{
				Name:      "context-api",
				Entry:     "workers/context-api/src/index.ts",
				Databases: Databases{"DB": "context-api"},
				Vars:      Vars{"SESSION_TTL_MINUTES": "240"},
				Secrets:   Secrets{"CONTEXT_KEY": Infra, "ADMIN_KEY": Infra},
				Crons:     Crons{"0 */6 * * *"},
				Per:       Per{"production": {Crons: Crons{"0 * * * *"}}},
			},
			{
				Name:      "watch",
				Entry:     "workers/watch/src/index.ts",
				Databases: Databases{"DB": "watch"},
				Services:  Services{"CONTEXT_API": "context-api"},
				Secrets:   Secrets{"GH_WEBHOOK_SECRET": External, "CONTEXT_KEY": Infra},
			},
			// The next Worker goes here.
		},
	}
}
