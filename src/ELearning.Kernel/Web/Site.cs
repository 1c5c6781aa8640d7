using System.Globalization;
using ELearning.Shells;
using ELearning.Themes;
using Microsoft.AspNetCore.Http;

namespace ELearning;

/// <summary>What a layout needs to know of the tenant that it is drawn for.</summary>
public sealed class Site
{
    private readonly PathString _base;

    internal Site(Shell shell, KernelOptions options, Look look, LookSheet sheet, PathString pathBase)
    {
        _base = pathBase;
        Look = look;
        Sheet = Address($"/theme/{sheet.Hash}.css");
        Logo = FileOf(look.Brand.Logo);
        Favicon = FileOf(look.Brand.Favicon);
        Title = shell.Tenant.Title;
        IsDemo = options.Demo;
    }

    public string Title { get; }

    /// <summary>The language in which the page is read: see <see cref="Web.Languages"/>.</summary>
    public static string Culture => CultureInfo.CurrentUICulture.Name;

    /// <summary>Which way it is written: <c>ltr</c> or <c>rtl</c>.</summary>
    public static string Direction => CultureInfo.CurrentUICulture.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    /// <summary>Every page says so then: nobody should put real data here by mistake.</summary>
    public bool IsDemo { get; }

    /// <summary>Its theme and brand; those that this session previews, where it does.</summary>
    public Look Look { get; }

    /// <summary>Where the style sheet of its brand is, to be linked after those of the theme.</summary>
    public string Sheet { get; }

    /// <summary>Where its logo is; null when it has none.</summary>
    public string? Logo { get; }

    public string? Favicon { get; }

    public string Home => Address("/");

    /// <summary>A path of this site as a link, with its query if it has one: under the tenant's prefix, where it has one.</summary>
    public string Address(string path)
    {
        var query = path.IndexOf('?');
        return query < 0 ? _base.Add(path).ToString() : _base.Add(path[..query]).ToString() + path[query..];
    }

    private string? FileOf(string hash) => hash == "" ? null : Address($"/theme/files/{hash}");
}
