namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// Compares what is declared with what the relations have, and says what does not fit. It does not keep the gateway from starting: the
/// database may be long in coming, and a relation is made by a silo.
/// </summary>
internal sealed partial class ReadModelCheck(
    ReadModelCatalog catalog, ReadModelSource source, TimeProvider time, ILogger<ReadModelCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (waiting, told) = (catalog.All.ToList(), new HashSet<string>());
        while (true)
        {
            foreach (var model in waiting.ToList())
            {
                if (await IsCheckedAsync(model, told, stoppingToken)) waiting.Remove(model);
            }

            if (waiting.Count == 0) return;
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task<bool> IsCheckedAsync(ReadModel model, HashSet<string> told, CancellationToken cancellation)
    {
        try
        {
            var shape = await source.ShapeAsync(model, cancellation);
            foreach (var finding in shape.Problems().Concat(shape.Warnings()).Where(told.Add)) LogFinding(logger, finding);
            return shape.Exists;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (told.Add(model.Name)) LogUnread(logger, model.Name, error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Finding}")]
    private static partial void LogFinding(ILogger logger, string finding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relation of the read model '{Name}' cannot be looked at yet; trying again.")]
    private static partial void LogUnread(ILogger logger, string name, Exception error);
}
