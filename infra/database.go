package main

import (
	"errors"
	"path/filepath"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"crane/internal/migration"
	"crane/stacks"
)

// DatabaseArgs is what one database needs. Everything in it is a plain value.
type DatabaseArgs struct {
	// AccountID is the Cloudflare account.
	AccountID string
	// Name is the database's name on this stack.
	Name string
	// Root is the project's root, and Folder the folder of migrations in it.
	Root, Folder string
	// Files are the migrations, in their order.
	Files []migration.File
	// Latches are the stack's.
	Latches *latches
}

// Database is a D1 database with its migrations applied. What uses it must
// depend on it as a whole, so that no Worker runs on a schema it does not know.
type Database struct {
	pulumi.ResourceState

	// ID is Cloudflare's id of the database.
	ID pulumi.StringOutput `pulumi:"databaseId"`
	// Name is the database's name on this stack.
	Name pulumi.StringOutput `pulumi:"databaseName"`
	// Head is the name of the newest migration, empty if there is none.
	Head pulumi.StringOutput `pulumi:"head"`
}

// NewDatabase registers the component and its children.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	db := &Database{}
	if args.Name == "" || args.AccountID == "" || args.Latches == nil {
		return nil, errors.New("a database needs a name, an account and latches")
	}
	if err := ctx.RegisterComponentResource(stacks.DatabaseComponent, name, db, opts...); err != nil {
		return nil, err
	}
	if err := db.provision(ctx, name, args); err != nil {
		return nil, err
	}
	return db, ctx.RegisterResourceOutputs(db, pulumi.Map{
		"databaseId": db.ID, "databaseName": db.Name, "head": db.Head,
	})
}

func (db *Database) provision(ctx *pulumi.Context, name string, args *DatabaseArgs) error {
	d1, err := cloudflare.NewD1Database(ctx, stacks.D1Name(name), &cloudflare.D1DatabaseArgs{
		AccountId: pulumi.String(args.AccountID),
		Name:      pulumi.String(args.Name),
	}, append(args.Latches.database(name), pulumi.Parent(db))...)
	if err != nil {
		return err
	}
	files, err := assets(args)
	if err != nil {
		return err
	}
	var m migrations
	err = ctx.RegisterResource(migrationsType, migrationsName(name), pulumi.Map{
		"accountId":  pulumi.String(args.AccountID),
		"databaseId": d1.ID(),
		"files":      files,
	}, &m, append(args.Latches.migrations(), pulumi.Parent(db))...)
	db.ID, db.Name, db.Head = d1.ID().ToStringOutput(), d1.Name, m.Head
	return err
}

// assets names the files by a path relative to the program, so that the state
// holds neither SQL nor the name of a folder on somebody's machine.
func assets(args *DatabaseArgs) (pulumi.Array, error) {
	here, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	files := pulumi.Array{}
	for _, f := range args.Files {
		path, err := filepath.Rel(here, filepath.Join(args.Root, args.Folder, f.Name))
		if err != nil {
			return nil, err
		}
		files = append(files, pulumi.Map{
			"name":   pulumi.String(f.Name),
			"sha256": pulumi.String(f.SHA256),
			"sql":    pulumi.NewFileAsset(filepath.ToSlash(path)),
		})
	}
	return files, nil
}
