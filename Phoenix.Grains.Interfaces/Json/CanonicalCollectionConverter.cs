using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>
/// Sets and dictionaries, whose order is no content and differs between processes: sorted by what is written of each item.
/// </summary>
internal sealed class CanonicalCollectionConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => ArgumentsOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var arguments = ArgumentsOf(typeToConvert)!;
        var converter = arguments.Length == 1 ? typeof(OfSet<,>) : typeof(OfDictionary<,,>);
        return (JsonConverter)Activator.CreateInstance(converter.MakeGenericType([typeToConvert, .. arguments]))!;
    }

    private static Type[]? ArgumentsOf(Type type) => type.GetInterfaces().Prepend(type).Where(candidate => candidate.IsGenericType)
        .FirstOrDefault(candidate => candidate.GetGenericTypeDefinition() is var definition
            && (definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>) || definition == typeof(IImmutableSet<>)
                || definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>)))?.GetGenericArguments();

    private abstract class Sorted<TCollection, TItem> : JsonConverter<TCollection> where TCollection : IEnumerable<TItem>
    {
        public override TCollection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("The canonical form is only written.");

        protected static List<byte[]> ItemsOf(TCollection value, Action<Utf8JsonWriter, TItem> write)
        {
            var items = new List<byte[]>();
            foreach (var item in value)
            {
                var buffer = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(buffer)) write(writer, item);
                items.Add(buffer.WrittenSpan.ToArray());
            }

            items.Sort((one, other) => one.AsSpan().SequenceCompareTo(other));
            return items;
        }
    }

    private sealed class OfSet<TSet, TItem> : Sorted<TSet, TItem> where TSet : IEnumerable<TItem>
    {
        public override void Write(Utf8JsonWriter writer, TSet value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var item in ItemsOf(value, (buffer, item) => JsonSerializer.Serialize(buffer, item, options))) writer.WriteRawValue(item);
            writer.WriteEndArray();
        }
    }

    // An array of objects with one member each: what is sorted is then the text that is written.
    private sealed class OfDictionary<TDictionary, TKey, TValue> : Sorted<TDictionary, KeyValuePair<TKey, TValue>>
        where TDictionary : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : notnull
    {
        public override void Write(Utf8JsonWriter writer, TDictionary value, JsonSerializerOptions options)
        {
            var keys = (JsonConverter<TKey>)options.GetConverter(typeof(TKey));
            writer.WriteStartArray();
            foreach (var item in ItemsOf(value, WriteEntry)) writer.WriteRawValue(item);
            writer.WriteEndArray();

            void WriteEntry(Utf8JsonWriter buffer, KeyValuePair<TKey, TValue> entry)
            {
                buffer.WriteStartObject();
                keys.WriteAsPropertyName(buffer, entry.Key, options);
                JsonSerializer.Serialize(buffer, entry.Value, options);
                buffer.WriteEndObject();
            }
        }
    }
}
