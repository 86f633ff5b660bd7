using Npgsql;
using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

[Trait("Category", "Servers")]
public sealed class FindingPostgresTests(SharedPostgres shared)
{
    [Fact]
    public async Task the_connection_string_of_the_environment_comes_first()
    {
        using var folder = new TestFolder();
        var connectionString = await shared.NewDatabaseAsync();

        await using var server = await PostgresServer.StartAsync(TestOptions.In(folder, ("PHOENIX_POSTGRES", connectionString)), Token);

        Assert.Equal("external", server.Kind);
        Assert.Equal(connectionString, server.ConnectionString);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(connectionString).Password!, server.Description, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StopAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    public async Task an_empty_variable_counts_as_unset(string? value)
    {
        using var folder = new TestFolder();

        var attempt = await new ConfiguredPostgres().TryAsync(TestOptions.In(folder, ("PHOENIX_POSTGRES", value)), Token);

        Assert.Null(attempt.Server);
        Assert.Contains("not set", attempt.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_configured_server_that_does_not_answer_is_an_error_and_not_replaced_by_another()
    {
        using var folder = new TestFolder();
        var options = TestOptions.In(folder, ("PHOENIX_POSTGRES", "Host=127.0.0.1;Port=1;Username=nobody"));

        var error = await Assert.ThrowsAsync<InfrastructureNotFoundException>(() => PostgresServer.StartAsync(options, Token));

        Assert.Contains("PHOENIX_POSTGRES", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Failures);
    }

    [Fact]
    public async Task server_binaries_on_the_machine_run_a_private_cluster_as_safe_as_production()
    {
        using var folder = new TestFolder();
        List<string> steps = [];
        var options = TestOptions.In(folder) with { Progress = steps.Add };

        await using var server = await PostgresServer.StartAsync(options, [new LocalPostgres()], Token);

        Assert.Equal("local", server.Kind);
        Assert.Contains(steps, step => step.StartsWith("initialising PostgreSQL", StringComparison.Ordinal));
        Assert.Equal("phoenix", await Sql.ScalarAsync(server.ConnectionString, "select current_database()::text"));
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
            Assert.Equal("on", await Sql.ScalarAsync(server.ConnectionString, $"show {setting}"));
        Assert.Equal("127.0.0.1", await Sql.ScalarAsync(server.ConnectionString, "show listen_addresses"));
        Assert.Equal("200", await Sql.ScalarAsync(server.ConnectionString, "show max_connections"));
        await AssertPasswordIsAsked(server.ConnectionString);
        AssertClosedToOthers(Path.Combine(folder.Path, "postgres", "password"));
    }

    [Fact]
    public async Task nothing_found_names_every_way_why_it_failed_and_what_to_do()
    {
        using var folder = new TestFolder();
        IWay<PostgresServer>[] ways =
        [
            new ConfiguredPostgres(),
            new UnworkableWay<PostgresServer>("binaries", "there are none"),
            new UnworkableWay<PostgresServer>("packages", "the archive is unreachable", throws: true),
            new DockerPostgres(),
        ];

        var error = await Assert.ThrowsAsync<InfrastructureNotFoundException>(
            () => PostgresServer.StartAsync(TestOptions.In(folder, ("PATH", "")), ways, Token));

        Assert.Equal(["PHOENIX_POSTGRES", "binaries", "packages", "Docker engine"], error.Failures.Select(failure => failure.Way));
        foreach (var failure in error.Failures)
        {
            Assert.Contains(failure.Way, error.Message, StringComparison.Ordinal);
            Assert.Contains(failure.Reason, error.Message, StringComparison.Ordinal);
            Assert.Contains(failure.Advice, error.Message, StringComparison.Ordinal);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task AssertPasswordIsAsked(string connectionString)
    {
        var wrong = new NpgsqlConnectionStringBuilder(connectionString) { Password = "guessed", Pooling = false };
        var error = await Assert.ThrowsAsync<PostgresException>(() => Sql.ScalarAsync(wrong.ConnectionString, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, error.SqlState);
    }

    private static void AssertClosedToOthers(string file)
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
