using System.Diagnostics;
using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>What PostgreSQL acknowledged survives every way of stopping it.</summary>
[Trait("Category", "Servers")]
public sealed class RestartingPostgresTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task data_survive_stop_and_start_on_the_same_port(bool immediate)
    {
        using var folder = new TestFolder();
        await using var server = await PostgresServer.StartAsync(TestOptions.In(folder), Token);
        await WriteAsync(server);

        await server.StopAsync(immediate);
        Assert.Null(server.ProcessId);
        await server.StartAgainAsync(Token);

        Assert.Equal(1, await Sql.CountAsync(server.ConnectionString, "kept"));
    }

    [Fact]
    public async Task data_survive_a_kill_of_the_server()
    {
        using var folder = new TestFolder();
        await using var server = await PostgresServer.StartAsync(TestOptions.In(folder), Token);
        await WriteAsync(server);

        await KillAsync(server.ProcessId!.Value);
        await server.StartAgainAsync(Token);

        Assert.Equal(1, await Sql.CountAsync(server.ConnectionString, "kept"));
    }

    [Fact]
    public async Task the_next_program_on_the_work_folder_finds_the_data_and_the_address_of_the_last()
    {
        using var folder = new TestFolder();
        string address;
        await using (var first = await PostgresServer.StartAsync(TestOptions.In(folder), Token))
        {
            address = first.ConnectionString;
            await WriteAsync(first);
        }

        await using var second = await PostgresServer.StartAsync(TestOptions.In(folder), Token);

        Assert.Equal(address, second.ConnectionString);
        Assert.Equal(1, await Sql.CountAsync(second.ConnectionString, "kept"));
    }

    [Fact]
    public async Task two_servers_side_by_side_do_not_clash()
    {
        using var one = new TestFolder();
        using var other = new TestFolder();

        await using var first = await PostgresServer.StartAsync(TestOptions.In(one), Token);
        await using var second = await PostgresServer.StartAsync(TestOptions.In(other), Token);
        await WriteAsync(first);

        Assert.Equal(1, await Sql.CountAsync(first.ConnectionString, "kept"));
        Assert.Null(await Sql.ScalarAsync(second.ConnectionString, "select to_regclass('kept')::text") as string);
    }

    [Fact]
    public async Task a_second_program_on_the_work_folder_is_told_who_uses_it()
    {
        using var folder = new TestFolder();
        using var held = WorkFolderLock.Take(folder.Path, "postgres");

        var error = await Assert.ThrowsAsync<WorkFolderInUseException>(() => PostgresServer.StartAsync(TestOptions.In(folder), Token));

        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task data_that_cannot_be_opened_are_an_error_and_not_replaced_by_an_empty_database()
    {
        using var folder = new TestFolder();
        await using (await PostgresServer.StartAsync(TestOptions.In(folder), Token))
        {
        }

        File.Delete(Path.Combine(folder.Path, "postgres", "data", "global", "pg_control"));

        var error = await Assert.ThrowsAsync<InfrastructureNotFoundException>(() => PostgresServer.StartAsync(TestOptions.In(folder), Token));
        Assert.Contains("pg_control", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task WriteAsync(PostgresServer server) =>
        Sql.ExecuteAsync(server.ConnectionString, "create table kept (id int); insert into kept values (1)");

    private static async Task KillAsync(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        await process.WaitForExitAsync(Token);
    }
}
