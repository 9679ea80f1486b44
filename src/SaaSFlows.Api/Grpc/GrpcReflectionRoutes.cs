using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Grpc.HealthV1;
using SaaSFlows.Api.Grpc.ReflectionV1;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Tells tools such as grpcurl which services, methods and messages there are, as the proto file does.</summary>
internal static class GrpcReflectionRoutes
{
    // gRPC's own number, which the protocol puts into its answers.
    private const int NotFound = 5;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly FileDescriptor[] Files = [WorkflowServiceReflection.Descriptor, BareService(), HealthReflection.Descriptor, ReflectionReflection.Descriptor];
    private static readonly Dictionary<string, FileDescriptor> BySymbol = Files.SelectMany(SymbolsOf).ToDictionary(symbol => symbol.FullName, symbol => symbol.File, StringComparer.Ordinal);
    private static readonly Dictionary<string, FileDescriptor> ByName = Files.SelectMany(WithImports).DistinctBy(file => file.Name).ToDictionary(file => file.Name, StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Clients ask by the newer name first; its messages are the older one's.
        foreach (var version in new[] { "v1", "v1alpha" })
        {
            routes.MapPost($"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", Answer).WithMetadata(GrpcMethod.Instance).IsPublic();
        }
    }

    private static GrpcStream Answer(HttpContext http, TimeProvider time)
    {
        // Whoever looks at an answer sends nothing meanwhile; Kestrel would close the connection, and other calls with it.
        http.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        return new(ct => AnswersAsync(http, time, ct));
    }

    private static async IAsyncEnumerable<GrpcItem> AnswersAsync(HttpContext http, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        while (await NextAsync(http, time, ct) is { } read)
        {
            if (!read.Is(out var request, out var refusal))
            {
                yield return new(null, refusal);
                yield break;
            }

            yield return new(AnswerTo(request), null);
        }
    }

    // Null also if nothing comes for a while: nobody is asked who he is here.
    private static async Task<Read<ServerReflectionRequest>?> NextAsync(HttpContext http, TimeProvider time, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Idle, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await GrpcRequest.NextAsync<ServerReflectionRequest>(http, end.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private static ServerReflectionResponse AnswerTo(ServerReflectionRequest request)
    {
        var answer = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                answer.ListServicesResponse = new() { Service = { Files.SelectMany(file => file.Services).Select(service => new ServiceResponse { Name = service.FullName }) } };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename when ByName.TryGetValue(request.FileByFilename, out var file):
                answer.FileDescriptorResponse = Described(file);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol when BySymbol.TryGetValue(request.FileContainingSymbol, out var file):
                answer.FileDescriptorResponse = Described(file);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when BySymbol.ContainsKey(request.AllExtensionNumbersOfType):
                answer.AllExtensionNumbersResponse = new() { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            default:
                answer.ErrorResponse = new() { ErrorCode = NotFound, ErrorMessage = "There is no such service, method, message or file." };
                break;
        }

        return answer;
    }

    // The same service without its package, over the same messages.
    private static FileDescriptor BareService()
    {
        var own = WorkflowServiceReflection.Descriptor;
        var file = new FileDescriptorProto { Name = "bare_workflow_service.proto", Syntax = "proto3", Dependency = { own.Name }, Service = { own.ToProto().Service } };
        return FileDescriptor.BuildFromByteStrings(WithImports(own).Reverse().DistinctBy(one => one.Name).Select(one => one.SerializedData).Append(file.ToByteString()))[^1];
    }

    // A file comes with all that it needs.
    private static FileDescriptorResponse Described(FileDescriptor file) => new() { FileDescriptorProto = { WithImports(file).DistinctBy(one => one.Name).Select(one => one.SerializedData) } };

    private static IEnumerable<FileDescriptor> WithImports(FileDescriptor file) => [file, .. file.Dependencies.SelectMany(WithImports)];

    private static IEnumerable<IDescriptor> SymbolsOf(FileDescriptor file) =>
    [
        .. file.Services,
        .. file.Services.SelectMany(service => service.Methods),
        .. file.EnumTypes,
        .. file.MessageTypes.SelectMany(WithNested),
    ];

    private static IEnumerable<IDescriptor> WithNested(MessageDescriptor message) => [message, .. message.EnumTypes, .. message.NestedTypes.SelectMany(WithNested)];
}
