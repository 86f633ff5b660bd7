using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.AppHost.Demo;

/// <summary>The demo's figures.</summary>
internal sealed record DemoReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Distinct commands.</summary>
    public required int Commands { get; init; }

    /// <summary>Silo processes.</summary>
    public required int Silos { get; init; }

    /// <summary>Messages sent, repeats included.</summary>
    public required int Sent { get; init; }

    /// <summary>Replies received.</summary>
    public required int Replies { get; init; }

    public required int Accepted { get; init; }
    public required int Rejected { get; init; }
    public required int DuplicatesSent { get; init; }

    /// <summary>Commands with a doubled effect, counted by SQL in the event log.</summary>
    public required long EffectsDoubled { get; init; }

    public required long EventsStored { get; init; }

    /// <summary>Transfers that moved their money, those of standing orders included.</summary>
    public required long TransfersCompleted { get; init; }

    /// <summary>Transfers that were undone, because there was too little money.</summary>
    public required long TransfersCompensated { get; init; }

    /// <summary>Orders that were taken from the shelf, paid and sent.</summary>
    public required long OrdersCompleted { get; init; }

    /// <summary>Orders that were undone: not enough on the shelf or in the account, or nobody delivers there.</summary>
    public required long OrdersCompensated { get; init; }

    /// <summary>Purchases that were paid here and taken, packed and handed over at the warehouse, which is another service.</summary>
    public required long PurchasesCompleted { get; init; }

    /// <summary>Purchases that were undone on both sides.</summary>
    public required long PurchasesCompensated { get; init; }

    /// <summary>Records of another service's topic that became deposits.</summary>
    public required int Payments { get; init; }

    /// <summary>Accounts that got the bonus, one record of that topic.</summary>
    public required int Bonuses { get; init; }

    /// <summary>Events of accounts that a consumer of their topic got, repeats included.</summary>
    public required int EventsPublished { get; init; }

    /// <summary>From the last reply until the read models had seen every event.</summary>
    public required double ProjectionLagMs { get; init; }

    /// <summary>Distinct commands by the time from the first message to the last reply.</summary>
    public required double CommandsPerSecond { get; init; }

    /// <summary>Median time from sending to the reply, with 512 in flight.</summary>
    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary><c>external</c>, <c>kafka</c> or <c>embedded</c>.</summary>
    public required string Broker { get; init; }

    /// <summary>The server's version and where it is.</summary>
    public required string Postgres { get; init; }

    /// <summary>Sentences about books that disagree; empty when all is well.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    [JsonIgnore]
    public bool BooksAgree => Differences.Count == 0 && EffectsDoubled == 0 && Replies == Sent && Accepted + Rejected == Commands;

    public Task WriteAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(this, Json) + Environment.NewLine);
}
