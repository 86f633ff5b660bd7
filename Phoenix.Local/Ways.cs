namespace Phoenix.Local;

internal static class Ways
{
    public static async Task<TServer> FirstThatWorksAsync<TServer>(
        string server, IReadOnlyList<IWay<TServer>> ways, InfrastructureOptions options, CancellationToken cancellationToken)
        where TServer : class
    {
        List<FailedWay> failures = [];
        foreach (var way in ways)
        {
            var attempt = await TryAsync(server, way, options, cancellationToken);
            if (attempt.Server is { } found)
                return found;

            failures.Add(new FailedWay(way.Name, attempt.Reason, way.Advice));
        }

        throw new InfrastructureNotFoundException(server, failures);
    }

    private static async Task<Attempt<TServer>> TryAsync<TServer>(
        string server, IWay<TServer> way, InfrastructureOptions options, CancellationToken cancellationToken)
        where TServer : class
    {
        try
        {
            return await way.TryAsync(options, cancellationToken);
        }
        catch (Exception error) when (error is not InfrastructureNotFoundException && !cancellationToken.IsCancellationRequested)
        {
            options.Progress($"{server}: {way.Name} did not work: {error.Message}");
            return error.Message;
        }
    }
}
