using Npgsql;

namespace Phoenix.Runs.Checking;

/// <summary>
/// Dead letters and what operators did with them: of letters that were replayed or discarded, the runs of many tell just as many, and no
/// run stands still.
/// </summary>
internal static class Letters
{
    public static async Task<StoredLetters> ReadAsync(NpgsqlDataSource database, string schema, CancellationToken cancellation)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        var states = new Dictionary<string, long>();
        const string State = "case state when 1 then 'replay' when 2 then 'discard' else 'open' end";
        await using (var command = database.CreateCommand($"select letter_id, {State} from {schema}.phoenix_letters"))
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
            {
                // Without the time of the record, which may be beyond what a time can hold.
                var id = rows.GetString(0);
                places.Add(id[..Math.Max(0, id.LastIndexOf(':'))]);
                states[rows.GetString(1)] = states.GetValueOrDefault(rows.GetString(1)) + 1;
            }
        }

        var runs = new Dictionary<string, long>();
        var open = new List<string>();
        await using (var command = database.CreateCommand($"select verb, replayed, state from {schema}.phoenix_letter_replays"))
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
            {
                runs[rows.GetString(0)] = runs.GetValueOrDefault(rows.GetString(0)) + rows.GetInt64(1);
                if (rows.GetString(2) is "replaying" or "discarding") open.Add(rows.GetString(2));
            }
        }

        return new(places, states, runs, open);
    }

    public static IEnumerable<Violation> Check(StoredLetters letters)
    {
        foreach (var verb in (string[])["replay", "discard"])
        {
            var (done, told) = (letters.States.GetValueOrDefault(verb), letters.Runs.GetValueOrDefault(verb));
            if (done != told)
                yield return new(ViolationKind.LettersDiffer, "phoenix_letters",
                    $"{done} letters say that they are settled by a {verb}; the runs say {told}.");
        }

        foreach (var state in letters.UnderWay)
            yield return new(ViolationKind.LettersDiffer, "phoenix_letter_replays", $"A run is still {state}.");
    }
}

/// <summary>Dead letters as they are stored.</summary>
/// <param name="Places">Whose letters they are, as <see cref="LoggedRecord.Place"/>.</param>
/// <param name="States">How many there are by what was done with them: <c>replay</c>, <c>discard</c>, or <c>open</c>.</param>
/// <param name="Runs">How many letters runs of many have settled, by <c>replay</c> and <c>discard</c>.</param>
/// <param name="UnderWay">Runs that have not ended.</param>
internal sealed record StoredLetters(
    IReadOnlySet<string> Places, IReadOnlyDictionary<string, long> States, IReadOnlyDictionary<string, long> Runs,
    IReadOnlyList<string> UnderWay);
