namespace Phoenix.TestKit;

/// <summary>
/// A specification does not hold. The message says what was expected, what was found and which members differ; every test framework shows
/// it as a failure.
/// </summary>
public sealed class SpecificationException(string message, Exception? inner = null) : Exception(message, inner);
