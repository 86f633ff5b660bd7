using System.Text;
using Orleans.EventSourcing;
using Orleans.Storage;

namespace Phoenix.EventStore.Log;

/// <summary>
/// A log-consistency provider whose log is Marten. The stream's id is the grain's id, <c>{grain type}/{key}</c>: name the grain's type with
/// <c>[GrainType]</c>, or its id changes with the class name.
/// </summary>
internal sealed class MartenLogConsistencyProvider(EventStoreServices services) : ILogViewAdaptorFactory
{
    public bool UsesStorageProvider => false;

    public ILogViewAdaptor<TLogView, TLogEntry> MakeLogViewAdaptor<TLogView, TLogEntry>(
        ILogViewAdaptorHost<TLogView, TLogEntry> hostGrain, TLogView initialState, string grainTypeName, IGrainStorage? grainStorage, ILogConsistencyProtocolServices protocol)
        where TLogView : class, new() where TLogEntry : class
    {
        var log = new StreamLog<TLogView, TLogEntry>(
            protocol.GrainId.ToString(), services, (hostGrain as ISnapshotFormat)?.SnapshotFormat, () => new TLogView(), hostGrain.UpdateView);
        if (hostGrain is not ICommandLogHost<TLogView, TLogEntry> decider)
            return new EventLogViewAdaptor<TLogView, TLogEntry>(log, hostGrain, Copy);
        decider.UseCommandLog(log);
        return new CommandLogViewAdaptor<TLogView, TLogEntry>(log);
    }

    private TView Copy<TView>(TView view)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(services.Serializer.ToJson(view)));
        return services.Serializer.FromJson<TView>(json);
    }
}
