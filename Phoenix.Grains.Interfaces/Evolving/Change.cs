using System.Text.Json.Nodes;

namespace Phoenix.Evolving;

/// <summary>One rule of an <see cref="Evolution"/>.</summary>
internal abstract record Change;

/// <summary>One version becomes the next.</summary>
internal abstract record Upcasting : Change;

/// <summary>JSON to JSON.</summary>
internal sealed record JsonUpcast(string Name, int From, Action<JsonObject> Change) : Upcasting;

/// <summary>Type to type.</summary>
internal sealed record TypeUpcast(Type Old, Type New, Func<object, object> Change) : Upcasting;

/// <summary>All versions of one name are read as those of another.</summary>
internal sealed record Renaming(string From, string To) : Change;

/// <summary>Read over.</summary>
internal sealed record Retirement(string Name, int Versions) : Change;
