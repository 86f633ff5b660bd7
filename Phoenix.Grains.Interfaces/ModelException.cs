namespace Phoenix;

/// <summary>
/// A mistake in the user's types that is found when a host, a client or a test kit looks at them. The message names type and member.
/// </summary>
public sealed class ModelException(string message) : Exception(message);
