using Npgsql;
using NpgsqlTypes;

namespace Phoenix.Clustering.Membership;

/// <summary>A membership entry as a row. Times are stored in microseconds; Orleans does not look closer.</summary>
internal static class MemberRow
{
    /// <summary>The entry as parameters 1 to 14 of <see cref="MembershipStatements.Insert"/>.</summary>
    public static NpgsqlParameter[] Parameters(string cluster, MembershipEntry entry, Guid etag) =>
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
        new() { Value = Utc(entry.StartTime) },
        new() { Value = Utc(entry.IAmAliveTime) },
        new() { Value = entry.SuspectTimes?.Select(vote => vote.Item1.ToParsableString()).ToArray() ?? [], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        new() { Value = entry.SuspectTimes?.Select(vote => Utc(vote.Item2)).ToArray() ?? [], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
    ];

    /// <summary>
    /// The entry and its etag from a row of <see cref="MembershipStatements.ReadAll"/>, whose first two columns are the version's.
    /// </summary>
    public static Tuple<MembershipEntry, string> Read(NpgsqlDataReader row)
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
            StartTime = row.GetDateTime(10),
            IAmAliveTime = row.GetDateTime(11),
        };
        var times = row.GetFieldValue<DateTime[]>(13);
        foreach (var (silo, time) in row.GetFieldValue<string[]>(12).Zip(times)) entry.AddSuspector(SiloAddress.FromParsableString(silo), time);
        return Tuple.Create(entry, row.GetGuid(14).ToString());
    }

    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static string? TextAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
