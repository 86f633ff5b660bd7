using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Shop.Payments;

namespace Phoenix.Benchmarks.Soak.Clients;

/// <summary>
/// Writes, as somebody else would, records for all accounts of a campaign: one after the other, each with a larger amount than the one
/// before.
/// </summary>
internal sealed class BonusWriter(string kafka, string topic, HistoryFile history)
{
    public const string Campaign = "soak";

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(500);

    public async Task WriteAsync(CancellationToken end)
    {
        var settings = new ProducerConfig { BootstrapServers = kafka, EnableIdempotence = true, LingerMs = 5 };
        using var producer = new ProducerBuilder<Null, byte[]>(settings)
            .SetLogHandler(static (_, _) => { }).Build();
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"bonus-{number}");
            var amount = number / 100m;
            Note(ClientEvent.Sent, id, amount);
            try
            {
                // Until the broker says so: the next one comes behind it.
                await producer.ProduceAsync(topic, new() { Value = JsonSerializer.SerializeToUtf8Bytes(
                    new Payment(amount, Campaign: Campaign), JsonSerializerOptions.Web) }, CancellationToken.None);
                Note(ClientEvent.Accepted, id, amount);
            }
            catch (ProduceException<Null, byte[]> failed)
            {
                Console.Error.WriteLine($"{id}: {failed.Message}");
                Note(ClientEvent.Unknown, id, amount);
            }

            await Task.Delay(Rhythm, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(ClientEvent @event, string id, decimal amount) => history.Write(new()
    {
        Event = @event,
        At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Client = 0,
        Stream = Bonuses.Stream,
        CommandId = id,
        Reply = amount.ToString(CultureInfo.InvariantCulture),
    });
}
