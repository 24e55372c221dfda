package api

// The one user there is, the same for both accounts.
const (
	userID    = "c4a0e000000000000000000000000001"
	userEmail = "agent@localhost"
)

func (s *server) user(request) (any, error) {
	return map[string]any{"id": userID, "email": userEmail, "has_pro_zones": false, "suspended": false}, nil
}

func (s *server) verifyToken(r request) (any, error) {
	return map[string]any{"id": r.account.ID, "status": "active"}, nil
}

func (s *server) listAccounts(r request) (any, error) {
	return onePage([]any{accountObject(r)}), nil
}

func (s *server) getAccount(r request) (any, error) { return accountObject(r), nil }

func (s *server) memberships(r request) (any, error) {
	return onePage([]any{map[string]any{
		"id": r.account.ID, "status": "accepted", "account": accountObject(r),
		"roles": []string{"Administrator"},
	}}), nil
}

func accountObject(r request) map[string]any {
	return map[string]any{
		"id": r.account.ID, "name": r.account.Name, "type": "standard",
		"settings": map[string]any{"enforce_twofactor": false}, "created_on": "2026-01-01T00:00:00.000000Z",
	}
}

// onePage is a whole list as one page.
func onePage[T any](all []T) page {
	n := len(all)
	return page{all, pageInfo{Page: 1, PerPage: max(n, 20), Count: n, TotalCount: n, TotalPages: 1}}
}
