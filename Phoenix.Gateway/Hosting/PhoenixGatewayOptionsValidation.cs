using Microsoft.Extensions.Options;
using Npgsql;
using Phoenix.Gateway.ReadModels;

namespace Phoenix.Gateway.Hosting;

/// <summary>Refuses to start with options that cannot work, and lists them all.</summary>
/// <param name="way">How the host was put together to reach the cluster.</param>
internal sealed class PhoenixGatewayOptionsValidation(ClusterWay way) : IValidateOptions<PhoenixGatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, PhoenixGatewayOptions options)
    {
        List<string> problems =
        [
            .. GatewayProblems.Of(options.Gateway), .. options.Cluster.Problems(), .. ReadModelCatalog.Problems(options.ReadModels),
                .. Problems(options),
        ];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(PhoenixGatewayOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            if (options.ReadModels.Count > 0)
                yield return "Phoenix:ReadModels is set and Phoenix:ConnectionString is not. Set it to the database that holds the read models.";
        }
        else if (!IsConnectionString(options.ConnectionString))
            yield return "Phoenix:ConnectionString is no connection string in Npgsql's words, such as 'Host=db;Database=app;Username=app'; a URI is none.";

        if (ClusterConnection.WayOf(options) != way)
        {
            yield return "Phoenix:Cluster:Gateways, Phoenix:Cluster:Discover or Phoenix:ConnectionString was set after AddPhoenixGateway "
                + "had put the host together. Set them before, in configuration or in what is given to AddPhoenixGateway.";
        }
    }

    // What the parser says may quote a password.
    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
