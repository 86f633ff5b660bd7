using Npgsql;
using NpgsqlTypes;

namespace Phoenix.Clustering.Membership;

/// <summary>
/// A membership entry as a row. Times are stored in microseconds, which is as close as Orleans looks, and by the database's clock: a silo
/// whose own is an hour ahead would otherwise be alive to the others for an hour after its death.
/// </summary>
internal static class MemberRow
{
    /// <summary>
    /// The entry as parameters 1 to 14 of <see cref="MembershipStatements.Insert"/>; <paramref name="ahead"/> is how far the database's
    /// clock is ahead of ours.
    /// </summary>
    public static NpgsqlParameter[] Parameters(string cluster, MembershipEntry entry, Guid etag, TimeSpan ahead) =>
    [
        Text(cluster),
        Text(entry.SiloAddress.ToParsableString()),
        new() { Value = etag },
        new() { Value = (short)entry.Status },
        new() { Value = entry.ProxyPort },
        Text(entry.HostName),
        Text(entry.SiloName),
        Text(entry.RoleName),
        new() { Value = entry.UpdateZone },
        new() { Value = entry.FaultZone },
        new() { Value = Utc(entry.StartTime + ahead) },
        new() { Value = Utc(entry.IAmAliveTime + ahead) },
        new() { Value = entry.SuspectTimes?.Select(vote => vote.Item1.ToParsableString()).ToArray() ?? [], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        new() { Value = entry.SuspectTimes?.Select(vote => Utc(vote.Item2 + ahead)).ToArray() ?? [], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
    ];

    /// <summary>
    /// The entry and its etag from a row of <see cref="MembershipStatements.ReadAll"/>, whose first two columns are the version's, by our
    /// clock.
    /// </summary>
    public static Tuple<MembershipEntry, string> Read(NpgsqlDataReader row, TimeSpan ahead)
    {
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.FromParsableString(row.GetString(2)),
            Status = (SiloStatus)row.GetInt16(3),
            ProxyPort = row.GetInt32(4),
            HostName = TextAt(row, 5)!,
            SiloName = TextAt(row, 6)!,
            RoleName = TextAt(row, 7),
            UpdateZone = row.GetInt32(8),
            FaultZone = row.GetInt32(9),
            StartTime = row.GetDateTime(10) - ahead,
            IAmAliveTime = row.GetDateTime(11) - ahead,
        };
        var times = row.GetFieldValue<DateTime[]>(13);
        foreach (var (silo, time) in row.GetFieldValue<string[]>(12).Zip(times)) entry.AddSuspector(SiloAddress.FromParsableString(silo), time - ahead);
        return Tuple.Create(entry, row.GetGuid(14).ToString());
    }

    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static string? TextAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
