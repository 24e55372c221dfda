package api

import (
	"net/http"
	"slices"

	"crane/internal/local/store"
	"crane/stacks"
)

func (s *server) getSchedules(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	return scheduleObject(found), nil
}

// putSchedules replaces all cron triggers; one that was there keeps its date.
func (s *server) putSchedules(r request) (any, error) {
	var body []store.Schedule
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	for _, sent := range body {
		if err := stacks.CheckCron(sent.Cron); err != nil {
			return nil, refuse(http.StatusBadRequest, 10100, "invalid cron string: %v", err)
		}
	}
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	found.Schedules = s.schedules(found.Schedules, body)
	return scheduleObject(found), r.Scripts.Put(found.Name, found)
}

func (s *server) schedules(before, sent []store.Schedule) []store.Schedule {
	var all []store.Schedule
	for _, one := range sent {
		same := func(other store.Schedule) bool { return other.Cron == one.Cron }
		next := store.Schedule{Cron: one.Cron, CreatedOn: s.now(), ModifiedOn: s.now()}
		if i := slices.IndexFunc(before, same); i >= 0 {
			next = before[i]
		}
		if !slices.ContainsFunc(all, same) {
			all = append(all, next)
		}
	}
	return all
}

func scheduleObject(script store.Script) any {
	all := []any{}
	for _, one := range script.Schedules {
		all = append(all, map[string]any{"cron": one.Cron, "created_on": stamp(one.CreatedOn), "modified_on": stamp(one.ModifiedOn)})
	}
	return map[string]any{"schedules": all}
}
