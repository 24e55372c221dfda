package migrate

import (
	"context"
	"time"

	"crane/internal/cloudflare"
)

// recheck bounds the look at the ledger after a lost answer. It happens even
// when the run was cancelled, because the next step depends on it.
const recheck = 10 * time.Second

// Apply brings a database up to the given files and gives the ledger's names
// afterwards, oldest first. It reads the ledger once and sends one request per
// pending file; done, which may be nil, hears of each file that was committed.
//
// A ConflictError means that nothing was applied. A PartialError says which
// file failed, and that it committed nothing unless its answer was lost and the
// ledger could not be read either.
func Apply(ctx context.Context, db Database, files []File, done func(File)) ([]string, error) {
	names, exists, err := ledger(ctx, db)
	if err != nil {
		return nil, err
	}
	pending, err := Plan(files, unhashed(names))
	if err != nil {
		return names, err
	}
	for i, file := range pending {
		if err := commit(ctx, db, file, exists); err != nil {
			return names, &PartialError{Applied: namesOf(pending[:i]), Failed: file.Name, Err: err}
		}
		exists, names = true, append(names, file.Name)
		if done != nil {
			done(file)
		}
	}
	return names, nil
}

// commit sends one file with its ledger row. The ledger itself is created in
// the same transaction, so that a first file that fails leaves nothing at all.
func commit(ctx context.Context, db Database, file File, exists bool) error {
	sql := file.SQL + "\n"
	if !exists {
		sql += createLedger
	}
	_, err := db.Query(ctx, sql+insertLedger(file.Name))
	if err == nil {
		return nil
	}
	if cloudflare.Ambiguous(err) {
		return settle(ctx, db, file, err)
	}
	return &FileError{Name: file.Name, Position: position(file.SQL, err.Error()), Err: err}
}

// settle finds out from the ledger whether a request whose answer was lost was
// committed. A D1 database handles its requests one after the other, so the
// question is answered after the migration that it asks about.
func settle(ctx context.Context, db Database, file File, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recheck)
	defer cancel()
	names, err := Ledger(ctx, db)
	if err != nil {
		return &UnknownError{Name: file.Name, Err: cause}
	}
	for _, name := range names {
		if name == file.Name {
			return nil
		}
	}
	return &FileError{Name: file.Name, Err: cause}
}

func unhashed(names []string) []Applied {
	applied := make([]Applied, len(names))
	for i, name := range names {
		applied[i] = Applied{Name: name}
	}
	return applied
}

func namesOf(files []File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return names
}
