using System.Text.Json;

namespace Phoenix.Json;

/// <summary>A value in a message that its member's type does not take. Its message is for the sender and names no CLR type.</summary>
internal sealed class RefusedValueException(string message) : JsonException(message);
