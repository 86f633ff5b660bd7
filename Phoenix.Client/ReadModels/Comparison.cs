namespace Phoenix.Client.ReadModels;

/// <summary>How a column is compared with a value. A row whose column is null meets none of them.</summary>
public enum Comparison
{
    /// <summary>It is the same.</summary>
    Equal,

    /// <summary>It is another one.</summary>
    NotEqual,

    /// <summary>It is less.</summary>
    Less,

    /// <summary>It is less, or the same.</summary>
    AtMost,

    /// <summary>It is greater.</summary>
    Greater,

    /// <summary>It is greater, or the same.</summary>
    AtLeast,
}
