using System.Collections.Concurrent;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Phoenix.Subscribing;
using AvroSchema = Avro.Schema;

namespace Phoenix.SchemaRegistry;

/// <summary>
/// The schemas that values were written with, by their ids in the registry. A schema never changes under its id, so each is asked for once.
/// Thread-safe.
/// </summary>
internal sealed class WriterSchemas : IDisposable
{
    // What the registry itself says; a 404 of anything else on the way is no word about a schema.
    private const int NoSubject = 40401;
    private const int NoVersion = 40402;
    private const int NoSchema = 40403;

    private readonly ConcurrentDictionary<int, AvroSchema> _known = new();
    private readonly Lazy<CachedSchemaRegistryClient> _registry;

    public WriterSchemas(IOptions<SchemaRegistryOptions> options) =>
        // A password file that cannot be read now is looked for again.
        _registry = new(() => new(Settings(options.Value)), LazyThreadSafetyMode.PublicationOnly);

    /// <exception cref="UnusableRecordException">The registry has none of this id, or it is none of Avro.</exception>
    /// <exception cref="FormatUnavailableException">The registry does not answer, or refuses us.</exception>
    public ValueTask<AvroSchema> OfAsync(int id) => _known.TryGetValue(id, out var known) ? new(known) : new(AskAsync(id));

    public void Dispose()
    {
        if (_registry.IsValueCreated) _registry.Value.Dispose();
    }

    private async Task<AvroSchema> AskAsync(int id)
    {
        try
        {
            var found = await _registry.Value.GetSchemaAsync(id);
            if (found.SchemaType != SchemaType.Avro)
                throw new UnusableRecordException($"The schema {id} in the registry is not Avro; found {found.SchemaType}.");
            var names = new Avro.SchemaNames();
            await AddReferencesAsync(id, found.References, names, []);
            return _known[id] = Parse(id, found.SchemaString, names);
        }
        catch (SchemaRegistryException refused) when (refused.ErrorCode is NoSubject or NoVersion or NoSchema)
        {
            throw new UnusableRecordException($"The registry has no schema {id}, or none that it refers to.");
        }
        catch (SchemaRegistryException refused)
        {
            throw new FormatUnavailableException(
                $"The schema registry does not give schema {id}: {(int)refused.Status} ({refused.ErrorCode}).", refused);
        }
        // Whatever else keeps us from a schema is not the record's fault.
        catch (Exception exception) when (exception is not UnusableRecordException)
        {
            throw new FormatUnavailableException($"No schema registry answers; schema {id} is needed.", exception);
        }
    }

    // Each once, after those that it refers to itself.
    private async Task AddReferencesAsync(
        int id, IReadOnlyList<SchemaReference>? references, Avro.SchemaNames names, HashSet<(string Subject, int Version)> added)
    {
        foreach (var reference in references ?? [])
        {
            if (!added.Add((reference.Subject, reference.Version))) continue;
            var found = await _registry.Value.GetRegisteredSchemaAsync(reference.Subject, reference.Version);
            await AddReferencesAsync(id, found.References, names, added);
            if (Parse(id, found.SchemaString, names) is Avro.NamedSchema named) names.Add(named);
        }
    }

    private static AvroSchema Parse(int id, string schema, Avro.SchemaNames names)
    {
        try
        {
            return AvroSchema.Parse(schema, names);
        }
        catch (Exception exception) when (exception is Avro.AvroException or JsonException)
        {
            throw new UnusableRecordException($"The schema {id} in the registry, or one that it refers to, cannot be read as Avro.");
        }
    }

    private static SchemaRegistryConfig Settings(SchemaRegistryOptions options)
    {
        var settings = new SchemaRegistryConfig
        {
            Url = options.Url,
            RequestTimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
            // Whoever asks tries again, and says meanwhile that it waits.
            MaxRetries = 1,
        };
        if (options.PasswordFile is { } file)
        {
            settings.BasicAuthCredentialsSource = AuthCredentialsSource.UserInfo;
            settings.BasicAuthUserInfo = $"{options.UserName}:{File.ReadAllText(file).TrimEnd('\r', '\n')}";
        }

        return settings;
    }
}
