package main

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// engine is what a program talks to, over the wire: Pulumi's own mocks know no
// hooks. It gives every registration to the mocks, and keeps the hooks.
type engine struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer
	mocks pulumi.MockResourceMonitor

	mu    sync.Mutex
	hooks map[string]*pulumirpc.RegisterResourceHookRequest
	// atEnd is called when the program has registered everything, and while its
	// hooks can still be asked: there an engine deletes.
	atEnd func(*engine)
}

// onEngine runs a program on an engine of its own.
func onEngine(t *testing.T, stack string, mocks pulumi.MockResourceMonitor, atEnd func(*engine)) pulumi.RunOption {
	e := &engine{mocks: mocks, hooks: map[string]*pulumirpc.RegisterResourceHookRequest{}, atEnd: atEnd}
	stop := make(chan bool)
	serving, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(s *grpc.Server) error {
		pulumirpc.RegisterResourceMonitorServer(s, e)
		pulumirpc.RegisterEngineServer(s, e)
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { close(stop); <-serving.Done })
	return func(info *pulumi.RunInfo) {
		info.Project, info.Stack = "crane", stack
		info.MonitorAddr = fmt.Sprintf("127.0.0.1:%d", serving.Port)
		info.EngineAddr = info.MonitorAddr
	}
}

// SupportsFeature leaves out what would make inputs harder to read.
func (e *engine) SupportsFeature(_ context.Context, in *pulumirpc.SupportsFeatureRequest) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: in.GetId() != "outputValues"}, nil
}

func (e *engine) RegisterResource(_ context.Context, in *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	urn := string(resource.CreateURN(in.GetName(), in.GetType(), resource.URN(in.GetParent()), "crane", "test"))
	if in.GetType() == string(resource.RootStackType) {
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	options := plugin.MarshalOptions{KeepSecrets: true, KeepResources: true}
	inputs, err := plugin.UnmarshalProperties(in.GetObject(), options)
	if err != nil {
		return nil, err
	}
	id, outputs, err := e.mocks.NewResource(pulumi.MockResourceArgs{
		TypeToken: in.GetType(), Name: in.GetName(), Inputs: inputs, Provider: in.GetProvider(),
		ID: in.GetImportId(), Custom: in.GetCustom(), RegisterRPC: in,
	})
	if err != nil {
		return nil, err
	}
	object, err := plugin.MarshalProperties(outputs, options)
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: id, Object: object}, err
}

func (e *engine) RegisterResourceOutputs(context.Context, *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (e *engine) RegisterResourceHook(_ context.Context, in *pulumirpc.RegisterResourceHookRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks[in.GetName()] = in
	return &emptypb.Empty{}, nil
}

func (e *engine) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	if e.atEnd != nil {
		e.atEnd(e)
	}
	return &emptypb.Empty{}, nil
}

// hook is a hook that the program has registered, or nil.
func (e *engine) hook(name string) *pulumirpc.RegisterResourceHookRequest {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hooks[name]
}

// ask asks a hook as an engine does, and gives what keeps the resource; nothing
// means that it may go.
func (e *engine) ask(hook, kind, name string) (string, error) {
	callback := e.hook(hook).GetCallback()
	conn, err := grpc.NewClient(callback.GetTarget(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	request, err := proto.Marshal(&pulumirpc.ResourceHookRequest{Type: kind, Name: name})
	if err != nil {
		return "", err
	}
	reply, err := pulumirpc.NewCallbacksClient(conn).Invoke(context.Background(),
		&pulumirpc.CallbackInvokeRequest{Token: callback.GetToken(), Request: request})
	if err != nil {
		return "", err
	}
	var answer pulumirpc.ResourceHookResponse
	err = proto.Unmarshal(reply.GetResponse(), &answer)
	return answer.GetError(), err
}

func (e *engine) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (e *engine) GetRootResource(context.Context, *pulumirpc.GetRootResourceRequest) (*pulumirpc.GetRootResourceResponse, error) {
	return &pulumirpc.GetRootResourceResponse{}, nil
}

func (e *engine) SetRootResource(context.Context, *pulumirpc.SetRootResourceRequest) (*pulumirpc.SetRootResourceResponse, error) {
	return &pulumirpc.SetRootResourceResponse{}, nil
}
