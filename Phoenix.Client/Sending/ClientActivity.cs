using System.Diagnostics;

namespace Phoenix.Client.Sending;

/// <summary>The spans of a client, under the source <c>Phoenix.Client</c>.</summary>
internal static class ClientActivity
{
    private static readonly ActivitySource Source = new("Phoenix.Client");

    public static Activity? Start(string operation, OutgoingRequest request)
    {
        request.TraceParent = request.Command?.TraceParent ?? Activity.Current?.Id;
        if (!Source.HasListeners()) return null;
        ActivityContext.TryParse(request.TraceParent, null, isRemote: false, out var parent);
        var activity = Source.StartActivity($"{operation} {request.Name}", ActivityKind.Producer, parent);
        request.TraceParent = activity?.Id ?? request.TraceParent;
        activity?.SetTag("messaging.system", "kafka")
            .SetTag("phoenix.aggregate", request.Aggregate)
            .SetTag("phoenix.aggregate_id", request.AggregateId)
            .SetTag("phoenix.command_id", request.Command?.CommandId);
        return activity;
    }
}
