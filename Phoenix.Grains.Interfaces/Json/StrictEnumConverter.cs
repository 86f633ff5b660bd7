using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>Enums in messages: their names, as they are written; flags several of them, divided by comma and space.</summary>
internal sealed class StrictEnumConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Names<>).MakeGenericType(typeToConvert))!;

    private sealed class Names<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
    {
        private const string Divider = ", ";
        private static readonly bool IsFlags = typeof(TEnum).IsDefined(typeof(FlagsAttribute), inherit: false);
        private readonly Dictionary<string, TEnum> _values = [];
        private readonly Dictionary<string, string> _names = [];

        public Names()
        {
            foreach (var field in typeof(TEnum).GetFields(BindingFlags.Static | BindingFlags.Public))
            {
                var name = field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name;
                _values.TryAdd(name, (TEnum)field.GetValue(null)!);
                _names.TryAdd(field.Name, name);
            }
        }

        public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? ValueOf(reader.GetString()!) : throw Refused();

        public override TEnum ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ValueOf(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(NameOf(value));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WritePropertyName(NameOf(value));

        private TEnum ValueOf(string name)
        {
            if (_values.TryGetValue(name, out var value)) return value;
            var parts = name.Split(Divider);
            if (!IsFlags || !parts.All(_values.ContainsKey)) throw Refused();
            return (TEnum)Enum.ToObject(typeof(TEnum), parts.Aggregate(0L, (flags, part) => flags | ToInt64(_values[part])));
        }

        private string NameOf(TEnum value)
        {
            var names = value.ToString().Split(Divider);
            return names.All(_names.ContainsKey) ? string.Join(Divider, names.Select(name => _names[name])) : throw Refused();
        }

        private static long ToInt64(TEnum value) => Enum.GetUnderlyingType(typeof(TEnum)) == typeof(ulong)
            ? unchecked((long)Convert.ToUInt64(value, null))
            : Convert.ToInt64(value, null);

        private RefusedValueException Refused() => new($"expected one of the names {string.Join(", ", _values.Keys.Take(20))}, as they are written here");
    }
}
