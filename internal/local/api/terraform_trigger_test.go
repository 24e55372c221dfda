package api_test

import (
	"testing"

	"github.com/cloudflare/cloudflare-go"
	"github.com/stretchr/testify/require"
)

// schedule replaces a script's cron triggers, as create, update and delete do.
func (tf terraform) schedule(t *testing.T, script string, crons ...string) ([]cloudflare.WorkerCronTrigger, error) {
	t.Helper()
	params := cloudflare.UpdateWorkerCronTriggersParams{ScriptName: script, Crons: []cloudflare.WorkerCronTrigger{}}
	for _, cron := range crons {
		params.Crons = append(params.Crons, cloudflare.WorkerCronTrigger{Cron: cron})
	}
	return tf.UpdateWorkerCronTriggers(t.Context(), tf.account, params)
}

func (tf terraform) schedules(t *testing.T, script string) ([]cloudflare.WorkerCronTrigger, error) {
	t.Helper()
	return tf.ListWorkerCronTriggers(t.Context(), tf.account, cloudflare.ListWorkerCronTriggersParams{ScriptName: script})
}

func TestTerraformCron(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	tf.create(t, worker(saying("1"), nil))
	none, err := tf.schedules(t, "caller")
	require.NoError(t, err)
	require.Empty(t, none)
	made, err := tf.schedule(t, "caller", "0 */6 * * *", "*/5 * * * *")
	require.NoError(t, err)
	require.Len(t, made, 2)
	require.Equal(t, "0 */6 * * *", made[0].Cron)
	require.NotNil(t, made[0].CreatedOn)
	require.NotNil(t, made[0].ModifiedOn)
	read, err := tf.schedules(t, "caller")
	require.NoError(t, err)
	require.Equal(t, made, read)

	before := tf.cloud.state()
	_, err = tf.schedule(t, "caller", "0 25 * * *")
	refused[*cloudflare.RequestError](t, err, 10100, "invalid cron string")
	require.Equal(t, before, tf.cloud.state())

	_, err = tf.schedule(t, "caller", "*/5 * * * *")
	require.NoError(t, err)
	read, err = tf.schedules(t, "caller")
	require.NoError(t, err)
	require.Equal(t, made[1:], read)
	_, err = tf.schedule(t, "caller")
	require.NoError(t, err)
	read, err = tf.schedules(t, "caller")
	require.NoError(t, err)
	require.Empty(t, read)
}

func TestTerraformCronGone(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	const gone = "This Worker does not exist on your account."
	_, err := tf.schedule(t, "caller", "0 * * * *")
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	_, err = tf.schedules(t, "caller")
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	_, err = tf.schedule(t, "caller")
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	require.Empty(t, tf.cloud.state())
}

func (tf terraform) secret(t *testing.T, name, text string) (cloudflare.WorkersPutSecretResponse, error) {
	t.Helper()
	return tf.SetWorkersSecret(t.Context(), tf.account, cloudflare.SetWorkersSecretParams{
		ScriptName: "caller",
		Secret:     &cloudflare.WorkersPutSecretRequest{Name: name, Text: text, Type: cloudflare.WorkerSecretTextBindingType},
	})
}

// secrets are the names: the provider reads nothing else.
func (tf terraform) secrets(t *testing.T) (names []string, err error) {
	t.Helper()
	list, err := tf.ListWorkersSecrets(t.Context(), tf.account, cloudflare.ListWorkersSecretsParams{ScriptName: "caller"})
	for _, secret := range list.Result {
		names = append(names, secret.Name)
	}
	return names, err
}

func (tf terraform) unset(t *testing.T, name string) error {
	t.Helper()
	_, err := tf.DeleteWorkersSecret(t.Context(), tf.account, cloudflare.DeleteWorkersSecretParams{ScriptName: "caller", SecretName: name})
	return err
}

func TestTerraformSecret(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	tf.create(t, worker(saying("env.TEXT + env.A + env.B"), map[string]cloudflare.WorkerBinding{"TEXT": cloudflare.WorkerPlainTextBinding{Text: "t"}}))
	tf.cloud.call("POST", "/workers/scripts/caller/subdomain", `{"enabled":true}`).object(t)
	for _, put := range [][2]string{{"A", "first"}, {"B", "b"}, {"A", "second"}} {
		answer, err := tf.secret(t, put[0], put[1])
		require.NoError(t, err)
		require.True(t, answer.Success)
		require.Equal(t, put[0], answer.Result.Name)
	}
	names, err := tf.secrets(t)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"A", "B"}, names)
	_, body := tf.cloud.get("caller", "/")
	require.Equal(t, "tsecondb", body)
	require.NotContains(t, string(tf.cloud.call("GET", "/workers/scripts/caller/secrets", "").Result), "second")

	before := tf.cloud.state()
	refused[*cloudflare.NotFoundError](t, tf.unset(t, "C"), 10056, "Binding 'C' not found.")
	refused[*cloudflare.NotFoundError](t, tf.unset(t, "TEXT"), 10056, "Binding 'TEXT' not found.")
	_, err = tf.secret(t, "TEXT", "x")
	refused[*cloudflare.RequestError](t, err, 10053, "Binding name 'TEXT' already in use")
	require.Equal(t, before, tf.cloud.state())

	require.NoError(t, tf.unset(t, "A"))
	names, err = tf.secrets(t)
	require.NoError(t, err)
	require.Equal(t, []string{"B"}, names)
}

func TestTerraformSecretGone(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	const gone = "This Worker does not exist on your account."
	_, err := tf.secret(t, "A", "x")
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	_, err = tf.secrets(t)
	refused[*cloudflare.NotFoundError](t, err, 10007, gone)
	refused[*cloudflare.NotFoundError](t, tf.unset(t, "A"), 10007, gone)
	require.Empty(t, tf.cloud.state())
}
