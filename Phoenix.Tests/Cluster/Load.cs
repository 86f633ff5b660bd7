using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix.Client;
using Phoenix.Clustering;
using Phoenix.Messages;
using Phoenix.Model;
using Shop.Accounts;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Clients that send commands until they are told to stop, over Kafka and by grain call, and remember what they were told. What ends in an
/// error that allows it is sent again under the same id, as docs/wire.md asks.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Accounts = 48;
    /// <summary>How many at once, each way, wait for an outcome before they send the next.</summary>
    public const int Workers = 4;

    private const int Ordered = 4;
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(4);

    private readonly TestClient _kafka;
    private readonly IHost _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Sent> _history = [];
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly ConcurrentDictionary<string, int> _orderedSent = new();
    private Task _running = Task.CompletedTask;

    private Load(TestClient kafka, IHost cluster) => (_kafka, _cluster) = (kafka, cluster);

    /// <summary>What has come to an end so far.</summary>
    public IReadOnlyCollection<Sent> History => _history;

    /// <summary>Commands that were sent one way, in this order by account: the ids are <c>{account}-{number}</c> from 1.</summary>
    public IReadOnlyDictionary<string, int> OrderedSent => _orderedSent;

    /// <summary>Errors that were answered by sending again, by kind.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    public IGrainFactory Grains => _cluster.Services.GetRequiredService<IGrainFactory>();

    public static IEnumerable<string> AccountNames => Enumerable.Range(0, Accounts).Select(number => $"a-{number}");

    public static async Task<Load> StartAsync(SiloCluster silos)
    {
        var kafka = await TestClient.StartAsync(silos.Broker.BootstrapServers, silos.Prefix, options =>
        {
            options.RequestTimeout = TimeSpan.FromSeconds(5);
            options.ReplicationFactor = silos.Replicas;
        });
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole();
        builder.UseOrleansClient(client => client
            .AddAggregateCalls()
            .UsePostgresClustering(options => (options.ConnectionString, options.Schema) = (silos.Database, "phoenix"))
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix")
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            // Nobody tells a client that its call was in a silo that died.
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(3)));
        var cluster = builder.Build();
        await cluster.StartAsync();
        var load = new Load(kafka, cluster);
        await Task.WhenAll(AccountNames.Select((account, number) => load.OneAsync(number % 2 == 0 ? Way.Kafka : Way.Grain, account, $"{account}-open", new OpenAccount("Ann", 100))));
        load._running = Task.WhenAll([
            .. Enumerable.Range(0, Workers).Select(worker => load.WorkAsync(Way.Kafka, worker)),
            .. Enumerable.Range(0, Workers).Select(worker => load.WorkAsync(Way.Grain, worker)),
            .. Enumerable.Range(0, Ordered).Select(load.SendInOrderAsync),
        ]);
        return load;
    }

    /// <summary>Waits until both ways have answered this many further commands that were sent from now on.</summary>
    public async Task ProgressAsync(int commands = 100)
    {
        var now = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            $"{commands} commands sent from now on are answered on either way",
            () => _running.IsFaulted || Enum.GetValues<Way>().All(way => _history.Count(sent => sent.Way == way && sent.At > now && sent.Outcome is not null) >= commands), SiloCluster.Patience);
        if (_running.IsFaulted) await _running;
    }

    /// <summary>The longest that a command took which was on its way at some time of the period, by way.</summary>
    public TimeSpan Longest(Way way, long from, long to) => _history
        .Where(sent => sent.Way == way && sent.At < to && sent.At + sent.Took.TotalSeconds * Stopwatch.Frequency > from)
        .Select(sent => sent.Took).DefaultIfEmpty().Max();

    /// <summary>The longest time of the period in which nothing was answered, by way.</summary>
    public TimeSpan LongestSilence(Way way, long from, long to)
    {
        var answers = _history.Where(sent => sent.Way == way).Select(sent => sent.At + (long)(sent.Took.TotalSeconds * Stopwatch.Frequency)).Where(at => at > from && at < to);
        long[] marks = [from, .. answers.Order(), to];
        return marks.Zip(marks.Skip(1), Stopwatch.GetElapsedTime).Max();
    }

    /// <summary>The most that was answered within any time of this length.</summary>
    public int Busiest(Way way, TimeSpan length)
    {
        var answers = _history.Where(sent => sent.Way == way).Select(sent => sent.At + (long)(sent.Took.TotalSeconds * Stopwatch.Frequency)).Order().ToList();
        var (first, most) = (0, 0);
        for (var last = 0; last < answers.Count; last++)
        {
            while (Stopwatch.GetElapsedTime(answers[first], answers[last]) > length) first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>What the period cost the clients, for people.</summary>
    public string Cost(long from, long to) => string.Join("; ", Enum.GetValues<Way>().Select(way =>
        $"{way}: longest request {Longest(way, from, to).TotalSeconds:0.00} s, longest silence {LongestSilence(way, from, to).TotalSeconds:0.00} s"));

    /// <summary>Sends nothing more and waits for what is on its way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public override string ToString() =>
        $"{_history.Count} commands, {_history.Sum(sent => sent.Repeats)} repeats ({string.Join(", ", _errors.Select(error => $"{error.Value} {error.Key}"))}), {_history.Count(sent => sent.Outcome is null)} given up";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _kafka.DisposeAsync();
        await _cluster.StopAsync();
        _cluster.Dispose();
        _stop.Dispose();
    }

    private async Task WorkAsync(Way way, int worker)
    {
        var random = new Random((worker * 2) + (int)way);
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var account = $"a-{random.Next(Accounts)}";
            ICommand<IAccountGrain> command = random.Next(10) == 0 ? new Withdraw(1_000_000) : new Deposit(1);
            await OneAsync(way, account, $"{way}-{worker}-{number}", command);
            // Enough to be under way all the time, not so much that a busy machine does nothing else.
            await Task.Delay(5);
        }
    }

    private async Task OneAsync(Way way, string account, string id, ICommand<IAccountGrain> command)
    {
        var at = Stopwatch.GetTimestamp();
        for (var repeats = 0; ; repeats++)
        {
            try
            {
                var options = new CommandOptions { CommandId = id, MayBeRepeat = repeats > 0 };
                var outcome = way == Way.Kafka
                    ? await _kafka.Phoenix.RequestAsync(account, command, options)
                    : await Grains.GetGrain<IAccountGrain>(account).Execute(command, options);
                _history.Add(new(way, account, id, at, Stopwatch.GetElapsedTime(at), repeats, outcome));
                return;
            }
            catch (Exception error) when (error is not (CommandFailedException or CommandIdReusedException or AggregateBrokenException))
            {
                var kind = error is CommandException or TimeoutException or OrleansMessageRejectionException or SiloUnavailableException ? error.GetType().Name : $"{error.GetType().Name}: {error.Message}";
                _errors.AddOrUpdate($"{way} {kind}", 1, (_, count) => count + 1);
                if (Stopwatch.GetElapsedTime(at) > GiveUp)
                {
                    _history.Add(new(way, account, id, at, Stopwatch.GetElapsedTime(at), repeats, null));
                    return;
                }

                await Task.Delay(100);
            }
        }
    }

    // A client that hands over one command after the other and waits for no outcome.
    private async Task SendInOrderAsync(int sender)
    {
        var account = $"o-{sender}";
        await OneAsync(Way.Kafka, account, $"{account}-open", new OpenAccount("Bob", 0));
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            for (var repeats = 0; ; repeats++)
            {
                try
                {
                    await _kafka.Phoenix.SendAsync(account, new Deposit(number), new CommandOptions { CommandId = $"{account}-{number}", MayBeRepeat = repeats > 0 });
                    _orderedSent[account] = number;
                    break;
                }
                catch (Exception error) when (error is UnavailableException or OutcomeUnknownException)
                {
                    _errors.AddOrUpdate($"ordered {error.GetType().Name}", 1, (_, count) => count + 1);
                    await Task.Delay(100);
                }
            }

            await Task.Delay(5);
        }
    }
}
